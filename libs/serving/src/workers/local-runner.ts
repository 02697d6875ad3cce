/** Runs a model in the API process: batch by batch if it computes, many items concurrently if it waits on the network. */
import { isServeryError, ServeryError } from '@servery/core'
import { privateMemory } from '../machine/private-memory.ts'
import { LoadedModel } from '../model/loaded-model.ts'
import type { ModelInstance } from '../model/model.ts'
import { artifactsOf } from './artifacts.ts'
import {
  type Batch,
  type BatchResult,
  NO_WORK,
  type Runner,
  type RunnerCapabilities,
  type WorkSource,
} from './runner.ts'

export class LocalRunner implements Runner {
  source: WorkSource = NO_WORK
  onChange = (): void => {}
  onRestart = (): void => {}
  readonly failure = undefined
  readonly #instance: ModelInstance
  readonly capabilities: RunnerCapabilities
  #loaded: LoadedModel | undefined
  #running = 0

  /** @param remote whether the model calls other services: then runs are single items, and can be cancelled */
  constructor(instance: ModelInstance, { concurrency, remote }: Pick<RunnerCapabilities, 'concurrency' | 'remote'>) {
    this.#instance = instance
    this.capabilities = { batches: !remote, cancels: remote, concurrency, isolation: 'none', remote }
  }

  get workers(): number {
    return this.#loaded ? 1 : 0
  }

  /** Measured when the model was loaded; other work of this process at that time is in it. */
  memoryBytes = 0

  get unavailableReason(): string | undefined {
    return this.#loaded?.unavailableReason
  }

  async start(): Promise<void> {
    const before = privateMemory()
    try {
      this.#loaded = await LoadedModel.open(this.#instance.definition, artifactsOf(this.#instance))
      this.memoryBytes = Math.max(0, privateMemory() - before)
    } catch (error) {
      if (isServeryError(error)) throw error
      throw new ServeryError('MODEL_LOAD_FAILED', `${this.#instance.name} could not be loaded: ${String(error)}`, {
        cause: error,
      })
    }
    this.onChange()
  }

  workArrived(): void {
    while (this.#loaded && this.#running < this.capabilities.concurrency && this.source.waitingCost > 0)
      this.source.startBatch()
  }

  async run({ items }: Batch, signal: AbortSignal): Promise<BatchResult> {
    if (this.#loaded === undefined) throw new Error('This is a bug: the model is not loaded.')
    const startedAt = performance.now()
    this.#running += 1
    try {
      const results = await this.#loaded.predict(items, signal)
      return { results, inferenceMs: performance.now() - startedAt }
    } finally {
      this.#running -= 1
      this.workArrived()
    }
  }

  async stop(): Promise<void> {
    const model = this.#loaded
    this.#loaded = undefined
    await model?.close()
  }
}
