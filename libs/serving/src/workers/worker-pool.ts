/**
 * A pool of worker processes that host versions. A free worker loads what it lacks, or runs a batch of the version whose turn it
 * is. A worker that ends is replaced, and the new one loads what is to be loaded there.
 */
import { isServeryError, ServeryError } from '@servery/core'
import { keyOf } from '../model/version-key.ts'
import type { Pool, PooledVersion } from './pooled-version.ts'
import { DeficitRoundRobin } from './round-robin.ts'
import type { Batch, BatchResult } from './runner.ts'
import { WorkerProcess } from './worker-process.ts'

export interface PoolOptions {
  /** Number of worker processes. */
  readonly size: number
  /** Whether workers are started only when a version is to be loaded into them. */
  readonly isLazy?: boolean
  readonly loadTimeoutMs: number
  /** A worker whose batch takes longer is killed: the deadlines of all its requests have passed by then. */
  readonly batchTimeoutMs: number
}

/** Milliseconds of work that a version is credited in each round: less than most batches take, so that turns alternate. */
const QUANTUM_MS = 5
/** A worker that ends without a batch within this time after loading a version counts as a failure of that version. */
const SHORT_LIFE_MS = 1_000
/** Wait before a worker is replaced that has ended before it was asked anything. */
const FAILED_FORK_MS = 1_000

export class WorkerPool implements Pool {
  readonly #options: PoolOptions
  readonly #workers = new Set<WorkerProcess>()
  readonly #versions = new Map<string, PooledVersion>()
  readonly #turns = new DeficitRoundRobin<PooledVersion>(QUANTUM_MS)
  /** Workers whose last job was to load a version: waiting work comes before the next load. */
  readonly #haveJustLoaded = new WeakSet<WorkerProcess>()
  /** The worker that the next call of `run` takes. */
  #chosen: WorkerProcess | undefined
  #stopping = false

  constructor(options: PoolOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#options.size
  }

  /** Starts the workers that are missing, empty. */
  #open(): void {
    while (!this.#stopping && this.#workers.size < this.#wantedWorkers) this.#fork()
  }

  get #wantedWorkers(): number {
    if (!this.#options.isLazy) return this.size
    const versions = [...this.#versions.values()]
    return Math.min(this.size, Math.max(0, ...versions.map(({ wantedWorkers }) => wantedWorkers)))
  }

  add(version: PooledVersion): void {
    this.#versions.set(keyOf(version), version)
    this.#open()
    this.schedule()
  }

  remove(version: PooledVersion): void {
    this.#turns.remove(version)
    this.schedule()
  }

  forget(version: PooledVersion): void {
    if (this.#versions.get(keyOf(version)) === version) this.#versions.delete(keyOf(version))
  }

  workArrived(version: PooledVersion): void {
    if (version.waitingCost === 0) return
    this.#turns.add(version)
    this.#open()
    this.schedule()
  }

  async run(version: PooledVersion, { items, cost, isRetry }: Batch): Promise<BatchResult> {
    const worker = this.#chosen
    if (worker === undefined) throw new Error('This is a bug: a batch was run without a free worker.')
    this.#chosen = undefined
    const { batchTimeoutMs } = this.#options
    const timer = setTimeout(() => void worker.kill(batchTimedOut(batchTimeoutMs)), batchTimeoutMs)
    const startedAt = performance.now()
    const expectedMs = version.expectedMs(cost) ?? QUANTUM_MS
    this.#turns.charge(version, expectedMs)
    version.batchBegan()
    try {
      const answer = await worker.run(version, items)
      version.answered(cost, answer.inferenceMs)
      return answer
    } catch (error) {
      // A worker that ends again during the retry of one item is the fault of that item, which is refused.
      if (endsWorker(error) && !isRetry && this.#isShared) version.killedWorker(endsWorkers(version), startedAt)
      throw error
    } finally {
      clearTimeout(timer)
      version.batchEnded()
      this.#turns.charge(version, performance.now() - startedAt - expectedMs)
      this.schedule()
    }
  }

  /** Kills all workers. */
  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all([...this.#workers].map((worker) => worker.kill()))
  }

  schedule(): void {
    if (this.#stopping) return
    // The one that hosts least comes first, so that versions loaded on demand spread over all workers.
    const workers = [...this.#workers].sort((a, b) => a.hostedVersions - b.hostedVersions)
    for (const worker of workers) while (!worker.isBusy && this.#giveJob(worker));
  }

  /** Whether a version that ends workers does harm to others. */
  get #isShared(): boolean {
    return this.#versions.size > 1
  }

  /** @returns false if there is nothing to do for the worker */
  #giveJob(worker: WorkerProcess): boolean {
    const unwanted = this.#find((version) => version.isUnwanted && worker.hosts(version))
    if (unwanted !== undefined) return this.#unload(worker, unwanted)
    const mayRun = (version: PooledVersion): boolean => worker.hosts(version) && !this.#endangersOthers(version, worker)
    const mustRun = this.#haveJustLoaded.has(worker) && this.#turns.find(mayRun) !== undefined
    const missing = mustRun ? undefined : this.#missingIn(worker)
    if (missing !== undefined) return this.#load(worker, missing)
    const turn = this.#turns.next(mayRun)
    if (turn !== undefined) return this.#startBatch(worker, turn)
    const crowded = this.#turns.find((version) => version.isCrowded(worker))
    return crowded !== undefined && this.#mayLoad && this.#load(worker, crowded)
  }

  /** What may end a worker is run in one worker at a time, and only while others have another one, which has loaded all that it should. */
  #endangersOthers(version: PooledVersion, worker: WorkerProcess): boolean {
    if (!version.mayEndWorker || !this.#isShared || this.size === 1) return false
    if (version.isRunning) return true
    return ![...this.#workers].some((other) => other !== worker && this.#missingIn(other) === undefined)
  }

  #startBatch(worker: WorkerProcess, version: PooledVersion): true {
    this.#haveJustLoaded.delete(worker)
    this.#chosen = worker
    version.source.startBatch()
    this.#chosen = undefined
    return true
  }

  /** A version that the worker should load before it runs anything: one with waiting work, else the first. */
  #missingIn(worker: WorkerProcess): PooledVersion | undefined {
    const isMissing = (version: PooledVersion): boolean =>
      version.isMissingIn(worker) && (!version.loadsInBackground || this.#mayLoad)
    return (
      this.#find((version) => version.wasLostWhileLoading && isMissing(version)) ??
      this.#find((version) => version.waitingCost > 0 && isMissing(version)) ??
      this.#find(isMissing)
    )
  }

  /** Whether a further worker may load a version while others are served: one is kept free, if there are several. */
  get #mayLoad(): boolean {
    const loading = [...this.#versions.values()].reduce((sum, { loadingWorkers }) => sum + loadingWorkers, 0)
    return loading < Math.max(1, this.size - 1)
  }

  #load(worker: WorkerProcess, version: PooledVersion): true {
    version.loadingBegan(worker)
    const isFirst = worker.lastLoad === undefined
    const { instance, isUnmeasured } = version
    void worker
      .load(instance, isUnmeasured, this.#options.loadTimeoutMs)
      .then(
        (memoryBytes) => version.loaded(worker, memoryBytes, isFirst),
        (error: ServeryError) => this.#loadFailed(worker, version, error, isFirst),
      )
      .finally(() => {
        this.#haveJustLoaded.add(worker)
        this.schedule()
      })
    return true
  }

  /** @param isFirst whether the worker hosted nothing else */
  #loadFailed(worker: WorkerProcess, version: PooledVersion, error: ServeryError, isFirst: boolean): void {
    if (isLost(error.cause) && !isFirst && version.lostWhileLoading(worker)) return
    if (version.loadFailed(worker, error)) return
    if (isLost(error.cause) && this.#isShared) version.killedWorker(error)
    else version.failed(error)
  }

  #unload(worker: WorkerProcess, version: PooledVersion): true {
    void worker
      .unload(version)
      .catch(() => {}) // the worker has ended, and the version with it
      .then(() => {
        version.leave(worker)
        this.schedule()
      })
    return true
  }

  #find(isWanted: (version: PooledVersion) => boolean): PooledVersion | undefined {
    for (const version of this.#versions.values()) if (isWanted(version)) return version
    return undefined
  }

  #fork(): void {
    const worker = new WorkerProcess()
    this.#workers.add(worker)
    void worker.exited.then(() => this.#replace(worker))
  }

  #replace(worker: WorkerProcess): void {
    this.#workers.delete(worker)
    const hosted = [...this.#versions.values()].filter((version) => worker.hosts(version))
    for (const version of hosted) version.leave(worker)
    if (this.#stopping) return
    for (const version of hosted) {
      version.onRestart()
      if (endedAfterLoading(worker, version)) this.#endedAlone(version)
    }
    if (worker.wasAsked) this.#open()
    else setTimeout(() => this.#open(), FAILED_FORK_MS).unref()
    setImmediate(() => this.schedule()) // after what the worker was doing has failed
  }

  /** A worker ended, without a batch, right after it had loaded the version. */
  #endedAlone(version: PooledVersion): void {
    const sentence = `The workers of ${version.version} end right after loading it.`
    const reason = new ServeryError('MODEL_LOAD_FAILED', sentence)
    if (this.#isShared) version.killedWorker(reason)
    else version.failed(reason)
  }
}

function endedAfterLoading({ lastLoad, endedBusy }: WorkerProcess, version: PooledVersion): boolean {
  if (endedBusy || lastLoad?.key !== keyOf(version)) return false
  return performance.now() - lastLoad.at < SHORT_LIFE_MS
}

/** Whether a batch ended its worker: it crashed, or had to be killed because it did not answer. */
function endsWorker(error: unknown): boolean {
  return isLost(error) || (isServeryError(error) && error.code === 'DEADLINE_EXCEEDED')
}

function isLost(error: unknown): boolean {
  return isServeryError(error) && error.code === 'WORKER_LOST'
}

function endsWorkers({ version }: PooledVersion): ServeryError {
  return new ServeryError(
    'MODEL_LOAD_FAILED',
    `${version} has ended two workers in a row, without an answer in between; it is tried again in a while.`,
  )
}

function batchTimedOut(timeoutMs: number): ServeryError {
  return new ServeryError(
    'DEADLINE_EXCEEDED',
    `The model did not answer within ${timeoutMs} ms (SERVERY_REQUEST_TIMEOUT_MS).`,
  )
}
