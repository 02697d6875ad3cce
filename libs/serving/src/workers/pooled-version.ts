/** The runner of one version in a pool of workers: where it is loaded, what its batches cost, and how often it has failed in a row. */
import { ServeryError } from '@servery/core'
import type { ModelInstance } from '../model/model.ts'
import type { VersionKey } from '../model/version-key.ts'
import {
  type Batch,
  type BatchResult,
  NO_WORK,
  type Runner,
  type RunnerCapabilities,
  type StartOptions,
  type WorkSource,
} from './runner.ts'
import type { WorkerProcess } from './worker-process.ts'

/** The pool, as its versions see it. */
export interface Pool {
  readonly size: number
  /** Loads the version where it is wanted, now and whenever workers are replaced. */
  add(version: PooledVersion): void
  /** Unloads the version wherever it is loaded. */
  remove(version: PooledVersion): void
  /** Called when it is loaded nowhere any more. */
  forget(version: PooledVersion): void
  /** Looks for free workers. */
  schedule(): void
  workArrived(version: PooledVersion): void
  run(version: PooledVersion, batch: Batch): Promise<BatchResult>
}

interface Start {
  resolve(): void
  reject(error: ServeryError): void
}

/** Weight of the latest batch in the moving average of the time that a unit of cost takes. */
const SMOOTHING = 0.2
/** Wait after the first failure; doubled after each further one, so that a broken model causes no storm of loads. */
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 30_000
/** After this many failures in a row, about 4 s after the first, a version without workers is `failed`. */
const FAILED_AFTER = 4
/** After it has ended this many workers in a row, a version that shares them is `failed` and loaded nowhere for a while. */
const QUARANTINED_AFTER = 2
/** So often for each worker a first load is tried again because the worker ended, unless that hosted nothing else. */
const MAX_LOST_LOADS = 2

export class PooledVersion implements Runner, VersionKey {
  source: WorkSource = NO_WORK
  onChange = (): void => {}
  onRestart = (): void => {}
  readonly instance: ModelInstance
  readonly capabilities: RunnerCapabilities
  readonly #pool: Pool
  readonly #onStopped: () => Promise<void>
  /** The workers that host it, with its private memory in each, in bytes. */
  readonly #hosts = new Map<WorkerProcess, number>()
  readonly #loadingIn = new Set<WorkerProcess>()
  #options: StartOptions = { everyWorker: true, inBackground: false }
  #start: Start | undefined
  #failure: ServeryError | undefined
  #failures = 0
  #isRemoved = false
  #isSpreading = false
  #lostLoads = 0
  /** Batches that run now. */
  #running = 0
  /** When it was last found to have ended a worker, in milliseconds. */
  #lastKillAt = Number.NEGATIVE_INFINITY
  #isQuarantined = false
  #whenGone: Promise<void> | undefined
  #gone: (() => void) | undefined
  /** Runs while the version must not be loaded. */
  #retry: NodeJS.Timeout | undefined
  #memoryInWorker: number | undefined
  #msPerCost: number | undefined

  /** @param onStopped called when no worker hosts it any more */
  constructor(instance: ModelInstance, pool: Pool, onStopped: () => Promise<void> = async () => {}) {
    this.instance = instance
    this.#pool = pool
    this.#onStopped = onStopped
    const { size: concurrency } = pool
    this.capabilities = { batches: true, cancels: false, concurrency, isolation: 'process', remote: false }
  }

  get name(): string {
    return this.instance.name
  }

  get version(): string {
    return this.instance.version
  }

  get workers(): number {
    return this.#hosts.size
  }

  get memoryBytes(): number {
    return [...this.#hosts.values()].reduce((sum, bytes) => sum + bytes, 0)
  }

  get memoryInWorker(): number | undefined {
    return this.#memoryInWorker
  }

  get failure(): ServeryError | undefined {
    return this.#failure
  }

  get waitingCost(): number {
    return this.source.waitingCost
  }

  start(options: StartOptions): Promise<void> {
    this.#options = options
    this.#memoryInWorker = options.memoryInWorker
    return new Promise((resolve, reject) => {
      this.#start = { resolve, reject }
      this.#pool.add(this)
    })
  }

  workArrived(): void {
    this.#pool.workArrived(this)
  }

  run(batch: Batch): Promise<BatchResult> {
    return this.#pool.run(this, batch)
  }

  /** Resolves when no worker hosts it any more. */
  async stop(): Promise<void> {
    clearTimeout(this.#retry)
    this.#isRemoved = true
    const sentence = `${this.version} was unloaded while it was loading.`
    this.#endStart()?.reject(new ServeryError('MODEL_LOAD_FAILED', sentence))
    this.#whenGone ??= new Promise<void>((resolve) => {
      this.#gone = resolve
    })
    this.#pool.remove(this)
    this.#checkGone()
    await this.#whenGone
    this.#pool.forget(this)
    await this.#onStopped()
  }

  spread(): void {
    this.#options = { ...this.#options, everyWorker: true, inBackground: true }
    this.#isSpreading = true
    this.#pool.schedule()
  }

  /** True while it is being loaded although others are served. */
  get loadsInBackground(): boolean {
    return this.#isSpreading || (this.#start !== undefined && this.#options.inBackground)
  }

  /** Whether a worker has ended while it loaded the version beside others, which may have been the reason: it is loaded again, before others. */
  get wasLostWhileLoading(): boolean {
    return this.#lostLoads > 0
  }

  /** Number of workers that it needs now. */
  get wantedWorkers(): number {
    if (this.isUnwanted) return 0
    if (this.#options.everyWorker) return this.#pool.size
    return Math.max(1, this.#hosts.size + (this.#isCrowded ? 1 : 0))
  }

  /** Number of workers that load it now. */
  get loadingWorkers(): number {
    return this.#loadingIn.size
  }

  /** Whether its memory has yet to be measured. */
  get isUnmeasured(): boolean {
    return this.#memoryInWorker === undefined
  }

  /** Whether workers should unload it. */
  get isUnwanted(): boolean {
    return this.#isRemoved || this.#isQuarantined
  }

  /** Whether a worker should load it before it runs anything. */
  isMissingIn(worker: WorkerProcess): boolean {
    if (this.isUnwanted || this.#retry !== undefined || this.#hosts.has(worker)) return false
    return this.#options.everyWorker || this.#hosts.size + this.#loadingIn.size === 0
  }

  /** Whether a further worker should load it: more work waits than fits into one batch. */
  isCrowded(worker: WorkerProcess): boolean {
    if (this.isUnwanted || this.#retry !== undefined || this.loadingWorkers > 0 || this.#hosts.has(worker)) return false
    return this.#isCrowded
  }

  /** Whether one more worker would help, and there is memory for the version in it. */
  get #isCrowded(): boolean {
    return this.source.waitingCost > this.source.maxBatchCost && (this.#options.mayGrow?.() ?? true)
  }

  /** Whether its next batch is an item of a lost worker, or it has failed and answered nothing since. */
  get mayEndWorker(): boolean {
    return this.source.nextIsRetry || this.#failures > 0
  }

  get isRunning(): boolean {
    return this.#running > 0
  }

  batchBegan(): void {
    this.#running += 1
  }

  batchEnded(): void {
    this.#running -= 1
  }

  /** Milliseconds that work of this cost will probably take; undefined before the first batch. */
  expectedMs(cost: number): number | undefined {
    return this.#msPerCost === undefined ? undefined : cost * this.#msPerCost
  }

  answered(cost: number, ms: number): void {
    this.#failures = 0
    const latest = ms / cost
    this.#msPerCost = this.#msPerCost === undefined ? latest : SMOOTHING * latest + (1 - SMOOTHING) * this.#msPerCost
  }

  loadingBegan(worker: WorkerProcess): void {
    this.#loadingIn.add(worker)
  }

  /** @param memoryBytes undefined if it was not measured @param isFirst whether it is the first version that the worker has loaded */
  loaded(worker: WorkerProcess, memoryBytes: number | undefined, isFirst: boolean): void {
    this.#loadingIn.delete(worker)
    this.#hosts.set(worker, memoryBytes ?? this.#memoryInWorker ?? 0)
    if (!isFirst) this.#memoryInWorker ??= memoryBytes
    this.#failure = undefined
    this.#lostLoads = 0
    if (this.#hosts.size >= this.#pool.size) this.#isSpreading = false
    if (!this.#options.everyWorker || this.#hosts.size >= this.#pool.size) this.#endStart()?.resolve()
    this.onChange()
  }

  /** @returns true if it was to be loaded for the first time: then `start` fails, and the version leaves the pool */
  loadFailed(worker: WorkerProcess, error: ServeryError): boolean {
    this.#loadingIn.delete(worker)
    const start = this.#endStart()
    this.#isRemoved ||= start !== undefined
    this.#checkGone()
    start?.reject(error)
    return start !== undefined
  }

  /** A worker that hosted others has ended while it loaded the version. @returns whether the version may be loaded again */
  lostWhileLoading(worker: WorkerProcess): boolean {
    if (this.#start === undefined || this.#lostLoads >= MAX_LOST_LOADS * this.#pool.size) return false
    this.#loadingIn.delete(worker)
    this.#lostLoads += 1
    return true
  }

  /** Called when a worker that hosts it has ended or has unloaded it. */
  leave(worker: WorkerProcess): void {
    this.#loadingIn.delete(worker)
    if (this.#hosts.delete(worker)) this.onChange()
    this.#checkGone()
  }

  /** Counts a failure: the version waits before it is loaded again, and is `failed` after several in a row without any worker. */
  failed(reason: ServeryError): void {
    this.#failures += 1
    if (this.#failures >= FAILED_AFTER && this.#hosts.size === 0) this.#failure = reason
    this.#wait(Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#failures - 1)))
    this.onChange()
  }

  /**
   * Counts a worker that the version has ended; after several in a row it is `failed`, and no worker hosts it for a while.
   *
   * @param since when what ended the worker began, in milliseconds: of several at the same time, one counts
   */
  killedWorker(reason: ServeryError, since = performance.now()): void {
    if (since < this.#lastKillAt) return
    this.#lastKillAt = performance.now()
    this.#failures += 1
    if (this.#failures < QUARANTINED_AFTER) return
    this.#failure = reason
    this.#isQuarantined = true
    this.#wait(LONGEST_RETRY_MS)
    this.onChange()
  }

  #wait(ms: number): void {
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      if (this.#isQuarantined) this.#failures = QUARANTINED_AFTER - 1
      this.#isQuarantined = false
      this.#pool.schedule()
    }, ms)
    this.#retry.unref()
  }

  #endStart(): Start | undefined {
    const start = this.#start
    this.#start = undefined
    return start
  }

  #checkGone(): void {
    if (this.#isRemoved && this.#hosts.size + this.#loadingIn.size === 0) this.#gone?.()
  }
}
