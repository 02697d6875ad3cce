/** Runs a model in the API process: `in-process` one batch at a time, `async` with several in flight. */
import { isServeryError, ServeryError } from '@servery/core'
import { Compile, type Validator } from 'typebox/compile'
import type { Item, ModelInstance } from '../model/model.ts'
import { predictChecked } from '../model/predict-checked.ts'
import { artifactsOf } from './artifacts.ts'
import type { BatchResult, Runner } from './runner.ts'

export class LocalRunner implements Runner {
  onChange = (): void => {}
  onRestart = (): void => {}
  readonly failure = undefined
  readonly #instance: ModelInstance
  readonly #concurrency: number
  readonly #output: Validator
  #loaded: { readonly model: unknown } | undefined
  #running = 0

  /** @param concurrency batches in flight; 1 for models that compute */
  constructor(instance: ModelInstance, concurrency: number) {
    this.#instance = instance
    this.#concurrency = concurrency
    this.#output = Compile(instance.definition.output)
  }

  get idle(): number {
    return this.#loaded ? this.#concurrency - this.#running : 0
  }

  get workers(): number {
    return this.#loaded ? 1 : 0
  }

  async start(): Promise<void> {
    try {
      this.#loaded = { model: await this.#instance.definition.load(artifactsOf(this.#instance)) }
    } catch (error) {
      if (isServeryError(error)) throw error
      throw new ServeryError('MODEL_LOAD_FAILED', `${this.#instance.name} could not be loaded: ${String(error)}`, {
        cause: error,
      })
    }
    this.onChange()
  }

  async run(items: readonly Item[], signal: AbortSignal): Promise<BatchResult> {
    const { definition } = this.#instance
    const startedAt = performance.now()
    this.#running += 1
    try {
      const results = await predictChecked(definition, this.#loaded?.model, items, this.#output, signal)
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
