/** Creates the runner that a model definition asks for, and owns the pools of workers. */
import type { ModelInstance } from '../model/model.ts'
import { LocalRunner } from './local-runner.ts'
import { PooledVersion } from './pooled-version.ts'
import type { Runner } from './runner.ts'
import { type PoolOptions, WorkerPool } from './worker-pool.ts'

export interface RunnersOptions {
  readonly pool: PoolOptions
  /** Maximum number of concurrent requests to a model that waits on the network. */
  readonly asyncConcurrency: number
}

export class Runners {
  readonly #options: RunnersOptions
  readonly #shared: WorkerPool
  readonly #pools = new Set<WorkerPool>()

  constructor(options: RunnersOptions) {
    this.#options = options
    this.#shared = new WorkerPool(options.pool)
    this.#pools.add(this.#shared)
  }

  create(instance: ModelInstance): Runner {
    const { runner, runnerFor, isolation } = instance.definition
    switch (runnerFor?.(instance.settings as never) ?? runner) {
      case 'in-process':
        return new LocalRunner(instance, { concurrency: 1, remote: false })
      case 'async':
        return new LocalRunner(instance, { concurrency: this.#options.asyncConcurrency, remote: true })
      case 'process':
        return isolation === 'dedicated' ? this.#dedicated(instance) : new PooledVersion(instance, this.#shared)
    }
  }

  /** Kills all workers. */
  async stop(): Promise<void> {
    await Promise.all([...this.#pools].map((pool) => pool.stop()))
  }

  #dedicated(instance: ModelInstance): Runner {
    const pool = new WorkerPool({ ...this.#options.pool, isLazy: true })
    this.#pools.add(pool)
    return new PooledVersion(instance, pool, async () => {
      await pool.stop()
      this.#pools.delete(pool)
    })
  }
}
