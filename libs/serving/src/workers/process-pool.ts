/** Keeps n worker processes with one instance alive and gives each one batch at a time. */
import { isServeryError, ServeryError } from '@servery/core'
import type { Item, ModelInstance } from '../model/model.ts'
import type { BatchResult, Runner } from './runner.ts'
import { WorkerProcess } from './worker-process.ts'

export interface PoolOptions {
  readonly size: number
  readonly loadTimeoutMs: number
  /** A batch that takes longer ends its worker: every caller's deadline has passed by then. */
  readonly batchTimeoutMs: number
}

/** A replacement that fails to load waits this long before the next try, doubled each time, so that a broken model is no restart storm. */
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 30_000

export class ProcessPool implements Runner {
  onChange = (): void => {}
  onRestart = (): void => {}
  readonly #instance: ModelInstance
  readonly #options: PoolOptions
  readonly #workers = new Set<WorkerProcess>()
  readonly #idle: WorkerProcess[] = []
  readonly #retries = new Set<NodeJS.Timeout>()
  #stopping = false

  constructor(instance: ModelInstance, options: PoolOptions) {
    this.#instance = instance
    this.#options = options
  }

  get idle(): number {
    return this.#idle.length
  }

  get alive(): boolean {
    return this.#workers.size > 0
  }

  /** Process ids of the living workers. */
  get pids(): number[] {
    return [...this.#workers].flatMap((worker) => worker.pid ?? [])
  }

  async start(): Promise<void> {
    try {
      await Promise.all(Array.from({ length: this.#options.size }, () => this.#add()))
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  async run(items: readonly Item[]): Promise<BatchResult> {
    const worker = this.#idle.shift()
    if (worker === undefined) throw new Error('This is a bug: run() was called without an idle worker.')
    const timer = setTimeout(
      () => void worker.kill(stalled(this.#options.batchTimeoutMs)),
      this.#options.batchTimeoutMs,
    )
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

  async #add(): Promise<void> {
    const worker = new WorkerProcess(this.#instance, this.#options.loadTimeoutMs)
    await worker.loaded
    if (this.#stopping) return worker.kill()
    this.#workers.add(worker)
    this.#idle.push(worker)
    void worker.exited.then(() => this.#lost(worker))
    this.onChange()
  }

  /** Takes a dead worker out before anything else can be given to it, and brings up another. */
  #lost(worker: WorkerProcess): void {
    this.#workers.delete(worker)
    const index = this.#idle.indexOf(worker)
    if (index >= 0) this.#idle.splice(index, 1)
    this.onChange()
    if (!this.#stopping) void this.#replace(0)
  }

  async #replace(tries: number): Promise<void> {
    this.onRestart()
    try {
      await this.#add()
    } catch (error) {
      if (!isServeryError(error) || this.#stopping) return
      const timer = setTimeout(
        () => {
          this.#retries.delete(timer)
          void this.#replace(tries + 1)
        },
        Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** tries),
      )
      this.#retries.add(timer)
    }
  }
}

function stalled(timeoutMs: number): ServeryError {
  return new ServeryError(
    'DEADLINE_EXCEEDED',
    `The model did not answer within ${timeoutMs} ms (SERVERY_REQUEST_TIMEOUT_MS).`,
  )
}
