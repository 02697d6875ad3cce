/** Creates the runner that a model definition asks for. */
import type { ModelInstance } from '../model/model.ts'
import { LocalRunner } from './local-runner.ts'
import { type PoolOptions, ProcessPool } from './process-pool.ts'
import type { Runner } from './runner.ts'

export interface RunnerOptions {
  readonly pool: PoolOptions
  /** Maximum number of concurrent requests to a model that waits on the network. */
  readonly asyncConcurrency: number
}

export function createRunner(instance: ModelInstance, { pool, asyncConcurrency }: RunnerOptions): Runner {
  const { runner, runnerFor } = instance.definition
  switch (runnerFor?.(instance.settings as never) ?? runner) {
    case 'in-process':
      return new LocalRunner(instance, { concurrency: 1, remote: false })
    case 'async':
      return new LocalRunner(instance, { concurrency: asyncConcurrency, remote: true })
    case 'process':
      return new ProcessPool(instance, pool)
  }
}
