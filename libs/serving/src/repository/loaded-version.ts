/** One model version and its state: loading → ready → draining → gone, or failed. */
import { isServeryError, type Logger, ServeryError } from '@servery/core'
import { Engine, type EngineOptions } from '../engine/engine.ts'
import type { Answer, InferOptions } from '../engine/pending-request.ts'
import type { Item, ModelInstance } from '../model/model.ts'
import type { Runner } from '../workers/runner.ts'
import { type SelfTest, selfTest } from './self-test.ts'

export type VersionState = 'loading' | 'ready' | 'draining' | 'gone' | 'failed'

export class LoadedVersion {
  readonly instance: ModelInstance
  readonly engine: Engine
  #state: VersionState = 'loading'

  constructor(instance: ModelInstance, runner: Runner, options: EngineOptions) {
    this.instance = instance
    this.engine = new Engine(instance, runner, options)
  }

  /** A version whose workers cannot be restarted is `failed` until one of them starts. */
  get state(): VersionState {
    return this.#state === 'ready' && this.engine.failure !== undefined ? 'failed' : this.#state
  }

  /** True if loading has failed: unlike a version that has lost its workers, it never comes back. */
  get failedToLoad(): boolean {
    return this.#state === 'failed'
  }

  /** Items that wait for a worker. */
  get queuedItems(): number {
    return this.engine.queuedItems
  }

  /** Workers that can answer. */
  get workers(): number {
    return this.engine.workers
  }

  /** True if it is loaded, has passed its self-test and has a worker, and the model is available. */
  get isReady(): boolean {
    return this.#state === 'ready' && this.engine.workers > 0 && this.engine.unavailableReason === undefined
  }

  /** The state and, if it is not ready, the reason, as a sentence for users. */
  get stateSentence(): string {
    const { workers, failure, unavailableReason } = this.engine
    const reasons = [
      ...(workers > 0 ? [] : [failure?.message ?? 'no worker is running']),
      ...(unavailableReason === undefined ? [] : [unavailableReason]),
    ]
    return [`${this.instance.version} is ${this.state}`, ...reasons].join(': ')
  }

  /**
   * Starts the workers, warms them up, and compares their answers with the recorded ones.
   * @throws ServeryError `MODEL_LOAD_FAILED`
   */
  async load(mode: SelfTest, logger: Logger): Promise<void> {
    try {
      await this.engine.start()
      await selfTest(this.instance, this.engine, mode, logger)
    } catch (error) {
      this.#state = 'failed'
      await this.engine.shutdown()
      if (isServeryError(error) && error.code === 'MODEL_LOAD_FAILED') throw error
      const reason = error instanceof Error ? error.message : String(error)
      throw new ServeryError('MODEL_LOAD_FAILED', `${this.instance.version} failed its warm-up: ${reason}`, {
        cause: error,
      })
    }
    this.#state = 'ready'
  }

  /** @throws ServeryError, see Engine.infer; `MODEL_NOT_READY` while loading */
  infer(items: readonly Item[], options: InferOptions): Promise<Answer> {
    this.#checkLoaded()
    return this.engine.infer(items, options)
  }

  /** @throws ServeryError as `infer` when no work is taken now, however little */
  checkAccepting(): void {
    this.#checkLoaded()
    this.engine.checkAccepting()
  }

  #checkLoaded(): void {
    if (this.#state === 'loading' || this.#state === 'failed') {
      throw new ServeryError('MODEL_NOT_READY', `${this.instance.version} is ${this.#state}; try again.`, {
        retryAfterSeconds: 1,
      })
    }
  }

  /** Refuses new work, finishes accepted work, stops the workers. */
  async shutdown(): Promise<void> {
    this.#state = 'draining'
    await this.engine.shutdown()
    this.#state = 'gone'
  }
}
