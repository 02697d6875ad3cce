/** Runs a model in the API process: batch by batch if it computes, many items concurrently if it waits on the network. */
import { isServeryError, ServeryError } from '@servery/core'
import { LoadedModel } from '../model/loaded-model.ts'
import type { Item, ModelInstance } from '../model/model.ts'
import { artifactsOf } from './artifacts.ts'
import type { BatchResult, Runner, RunnerCapabilities } from './runner.ts'

export class LocalRunner implements Runner {
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

  get idle(): number {
    return this.#loaded ? this.capabilities.concurrency - this.#running : 0
  }

  get workers(): number {
    return this.#loaded ? 1 : 0
  }

  get unavailableReason(): string | undefined {
    return this.#loaded?.unavailableReason
  }

  async start(): Promise<void> {
    const { definition } = this.#instance
    try {
      this.#loaded = new LoadedModel(definition, await definition.load(artifactsOf(this.#instance)))
    } catch (error) {
      if (isServeryError(error)) throw error
      throw new ServeryError('MODEL_LOAD_FAILED', `${this.#instance.name} could not be loaded: ${String(error)}`, {
        cause: error,
      })
    }
    this.onChange()
  }

  async run(items: readonly Item[], signal: AbortSignal): Promise<BatchResult> {
    if (this.#loaded === undefined) throw new Error('This is a bug: the model is not loaded.')
    const startedAt = performance.now()
    this.#running += 1
    try {
      const results = await this.#loaded.predict(items, signal)
      return { results, inferenceMs: performance.now() - startedAt }
    } finally {
      this.#running -= 1
      this.onChange()
    }
  }

  async stop(): Promise<void> {
    this.#loaded = undefined
  }
}
