/** Keeps n worker processes of one instance running, and gives each of them one batch at a time. */
import { ServeryError } from '@servery/core'
import type { Item, ModelInstance } from '../model/model.ts'
import type { BatchResult, Runner, RunnerCapabilities } from './runner.ts'
import { WorkerProcess } from './worker-process.ts'

export interface PoolOptions {
  readonly size: number
  readonly loadTimeoutMs: number
  /** A worker whose batch takes longer is killed: the deadlines of all its requests have passed by then. */
  readonly batchTimeoutMs: number
}

/** A worker that ends without a batch within this time after loading counts as failed, like one that cannot load. */
const SHORT_LIFE_MS = 1_000
/** Wait after the first failed replacement; doubled after each further one, so that a broken model causes no restart storm. */
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 30_000
/** After this many failed replacements in a row, about 4 s after the first, an instance without workers is `failed`. */
const FAILED_AFTER = 4

export class ProcessPool implements Runner {
  onChange = (): void => {}
  onRestart = (): void => {}
  readonly capabilities: RunnerCapabilities
  readonly #instance: ModelInstance
  readonly #options: PoolOptions
  readonly #workers = new Set<WorkerProcess>()
  readonly #idle: WorkerProcess[] = []
  readonly #retries = new Set<NodeJS.Timeout>()
  #stopping = false
  #failure: ServeryError | undefined

  constructor(instance: ModelInstance, options: PoolOptions) {
    this.#instance = instance
    this.#options = options
    const isolation = 'process'
    this.capabilities = { batches: true, cancels: false, concurrency: options.size, isolation, remote: false }
  }

  get idle(): number {
    return this.#idle.length
  }

  get workers(): number {
    return this.#workers.size
  }

  get failure(): ServeryError | undefined {
    return this.#failure
  }

  async start(): Promise<void> {
    try {
      await Promise.all(Array.from({ length: this.#options.size }, () => this.#add(0)))
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  async run(items: readonly Item[]): Promise<BatchResult> {
    const worker = this.#idle.shift()
    if (worker === undefined) throw new Error('This is a bug: run() was called without an idle worker.')
    const { batchTimeoutMs } = this.#options
    const timer = setTimeout(() => {
      this.#remove(worker)
      void worker.kill(batchTimedOut(batchTimeoutMs))
    }, batchTimeoutMs)
    try {
      return await worker.run(items)
    } finally {
      clearTimeout(timer)
      if (this.#workers.has(worker)) this.#idle.push(worker)
      this.onChange()
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    for (const timer of this.#retries) clearTimeout(timer)
    await Promise.all([...this.#workers].map((worker) => worker.kill()))
  }

  /** @param failures number of failed replacements in a row before this one */
  async #add(failures: number): Promise<void> {
    const worker = new WorkerProcess(this.#instance, this.#options.loadTimeoutMs)
    await worker.loaded
    if (this.#stopping) return worker.kill()
    const loadedAt = performance.now()
    this.#workers.add(worker)
    this.#idle.push(worker)
    this.#failure = undefined
    void worker.exited.then(() => {
      const isFailure = this.#idle.includes(worker) && performance.now() - loadedAt < SHORT_LIFE_MS
      this.#remove(worker)
      this.#replace(isFailure ? failures + 1 : 0, endsAfterLoading(this.#instance.version))
    })
    this.onChange()
  }

  /** Removes a worker that has ended or is being killed, so that it gets no further batch. */
  #remove(worker: WorkerProcess): void {
    this.#workers.delete(worker)
    const index = this.#idle.indexOf(worker)
    if (index >= 0) this.#idle.splice(index, 1)
    this.onChange()
  }

  /** Starts another worker: at once, or after a wait if the previous ones failed. @param reason of the last failure */
  #replace(failures: number, reason: ServeryError): void {
    if (this.#stopping) return
    this.onRestart()
    if (failures >= FAILED_AFTER && this.workers === 0) {
      this.#failure = reason
      this.onChange()
    }
    const timer = setTimeout(() => {
      this.#retries.delete(timer)
      this.#add(failures).catch((error) => this.#replace(failures + 1, error))
    }, waitAfter(failures))
    this.#retries.add(timer)
  }
}

function waitAfter(failures: number): number {
  return failures === 0 ? 0 : Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1))
}

function endsAfterLoading(version: string): ServeryError {
  return new ServeryError('MODEL_LOAD_FAILED', `The workers of ${version} end right after loading it.`)
}

function batchTimedOut(timeoutMs: number): ServeryError {
  return new ServeryError(
    'DEADLINE_EXCEEDED',
    `The model did not answer within ${timeoutMs} ms (SERVERY_REQUEST_TIMEOUT_MS).`,
  )
}
