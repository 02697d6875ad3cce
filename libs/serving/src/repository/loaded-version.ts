/** One model version and its state: loading → ready → draining → gone, or failed. */
import { isServeryError, type Logger, ServeryError } from '@servery/core'
import { Engine, type EngineOptions } from '../engine/engine.ts'
import type { Answer, InferOptions } from '../engine/pending-request.ts'
import type { Item, ModelInstance } from '../model/model.ts'
import type { Runner, StartOptions } from '../workers/runner.ts'
import { type SelfTest, selfTest } from './self-test.ts'

export type VersionState = 'loading' | 'ready' | 'draining' | 'gone' | 'failed'

export interface LoadedVersionOptions extends EngineOptions {
  /** Loaded by the operator or at start: it is never unloaded to make room. */
  readonly isPinned: boolean
  /** Workers that are to host it at least. */
  readonly copies: number
  /** Memory that it is taken to need in them until it has been measured there, in bytes. */
  readonly expectedBytes: number
}

export class LoadedVersion {
  readonly instance: ModelInstance
  readonly engine: Engine
  isPinned: boolean
  readonly #runner: Runner
  #copies: number
  #expectedBytes: number
  #state: VersionState = 'loading'
  #failure: ServeryError | undefined
  /** Calls that use it. */
  #users = 0
  #whenUnused: (() => void)[] = []
  #unloading: Promise<void> | undefined
  /** When it was last used, in milliseconds of the monotonic clock. */
  lastUsedAt = performance.now()

  constructor(instance: ModelInstance, runner: Runner, options: LoadedVersionOptions) {
    this.instance = instance
    this.isPinned = options.isPinned
    this.#runner = runner
    this.#copies = options.copies
    this.#expectedBytes = options.expectedBytes
    this.engine = new Engine(instance, runner, options)
  }

  /** A version whose workers cannot be restarted is `failed` until one of them starts. */
  get state(): VersionState {
    return this.#state === 'ready' && this.engine.failure !== undefined ? 'failed' : this.#state
  }

  /** Items that wait for a worker. */
  get queuedItems(): number {
    return this.engine.queuedItems
  }

  /** Workers that can answer. */
  get workers(): number {
    return this.engine.workers
  }

  /** Workers that are to host it at least. */
  get copies(): number {
    return this.#copies
  }

  /** Private memory in all workers, in bytes: measured, or expected while some of them have yet to load it. */
  get memoryBytes(): number {
    const { workers, memoryBytes } = this.engine
    return workers < this.#copies ? Math.max(this.#expectedBytes, memoryBytes) : memoryBytes
  }

  /** True if it is loaded, has passed its self-test and has a worker, and the model is available. */
  get isReady(): boolean {
    return this.#state === 'ready' && this.engine.workers > 0 && this.engine.unavailableReason === undefined
  }

  /** Why it is not ready, in sentences for users; undefined if it is. */
  get reason(): string | undefined {
    const { workers, failure, unavailableReason } = this.engine
    const reasons = [
      ...(this.#failure === undefined ? [] : [this.#failure.message]),
      ...(workers > 0 || this.#failure !== undefined ? [] : [failure?.message ?? 'no worker is running']),
      ...(unavailableReason === undefined ? [] : [unavailableReason]),
    ]
    return reasons.length === 0 ? undefined : reasons.join(': ')
  }

  /** The state and, if it is not ready, the reason, as a sentence for users. */
  get stateSentence(): string {
    const state = `${this.instance.version} is ${this.state}`
    return this.reason === undefined ? state : `${state}: ${this.reason}`
  }

  /**
   * Starts the workers, warms them up, and compares their answers with the recorded ones.
   * @throws ServeryError `MODEL_LOAD_FAILED`
   */
  async load(start: StartOptions, mode: SelfTest, logger: Logger): Promise<void> {
    try {
      await this.engine.start(start)
      if (this.#unloading === undefined) await selfTest(this.instance, this.engine, mode, logger)
    } catch (error) {
      if (this.#unloading !== undefined) throw unloadedWhileLoading(this.instance.version)
      this.#failure = failedLoad(this.instance.version, error)
      this.#state = 'failed'
      await this.engine.shutdown()
      throw this.#failure
    }
    if (this.#unloading !== undefined) await this.#unloadLate()
    if (this.#state === 'loading') this.#state = 'ready'
  }

  /** A model in this process cannot be stopped while it loads. */
  async #unloadLate(): Promise<never> {
    await this.#unloading
    if (this.workers > 0) await this.engine.shutdown()
    throw unloadedWhileLoading(this.instance.version)
  }

  /** Whether it can be brought into further workers. */
  get maySpread(): boolean {
    return this.#runner.spread !== undefined
  }

  /** Loads it into every worker from now on. @param expectedBytes memory that it will take there */
  spread(copies: number, expectedBytes: number): void {
    this.#copies = copies
    this.#expectedBytes = expectedBytes
    this.#runner.spread?.()
  }

  /** Keeps the version from being unloaded until `release` is called. */
  hold(): void {
    this.#users += 1
    this.lastUsedAt = performance.now()
  }

  release(): void {
    this.#users -= 1
    this.lastUsedAt = performance.now()
    if (this.#users === 0) for (const unused of this.#whenUnused.splice(0)) unused()
  }

  get isInUse(): boolean {
    return this.#users > 0
  }

  /** Resolves when no call uses it. */
  async unused(): Promise<void> {
    if (this.#users > 0) await new Promise<void>((resolve) => this.#whenUnused.push(resolve))
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
    if (this.#state === 'loading' || this.#state === 'failed')
      throw new ServeryError('MODEL_NOT_READY', `${this.stateSentence.replace(/\.$/, '')}; try again.`, {
        retryAfterSeconds: 1,
      })
  }

  /** Finishes the calls that use it, then unloads it; ends its load if it is still loading. New calls must not reach it any more. */
  unload(): Promise<void> {
    this.#unloading ??= this.#unload()
    return this.#unloading
  }

  async #unload(): Promise<void> {
    this.#state = 'draining'
    await this.unused()
    await this.engine.shutdown()
    this.#state = 'gone'
  }

  /** Refuses new work, and finishes accepted work. */
  async drain(): Promise<void> {
    this.#state = 'draining'
    await this.engine.drain()
  }
}

/** The error of a load that was ended by an unload. */
export function unloadedWhileLoading(version: string): ServeryError {
  return new ServeryError('MODEL_LOAD_FAILED', `${version} was unloaded while it was loading.`)
}

function failedLoad(version: string, error: unknown): ServeryError {
  if (isServeryError(error) && error.code === 'MODEL_LOAD_FAILED') return error
  const reason = error instanceof Error ? error.message : String(error)
  return new ServeryError('MODEL_LOAD_FAILED', `${version} failed its warm-up: ${reason}`, { cause: error })
}
