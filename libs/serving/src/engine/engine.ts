/**
 * The path of a request for one instance: admission → queue → batch → runner → results, with deadlines, cancellation
 * and timings. All items of a request are admitted or none.
 */
import { ServeryError } from '@servery/core'
import { BatchQueue } from '../batching/batch-queue.ts'
import type { Item, ItemResult, ModelInstance } from '../model/model.ts'
import type { BatchResult, Runner } from '../workers/runner.ts'
import { Admission, type AdmissionLimits } from './admission.ts'
import type { EngineObserver } from './observer.ts'
import { type Answer, PendingRequest } from './pending-request.ts'

export interface EngineOptions {
  readonly limits: AdmissionLimits
  readonly observer: EngineObserver
}

export interface InferOptions {
  /** Aborts when the caller has left. */
  readonly signal: AbortSignal
  /** Milliseconds from now after which nobody waits for the answer. */
  readonly deadlineMs: number
}

interface Entry {
  readonly item: Item
  readonly cost: number
  readonly index: number
  readonly request: PendingRequest
}

/** Batches that hold some eight short texts: larger ones are slower per text on CPUs. */
const DEFAULT_MAX_BATCH_ITEMS = 32
const DEFAULT_MAX_BATCH_COST = 1_024

const NEVER = new AbortController().signal

export class Engine {
  readonly #runner: Runner
  readonly #observer: EngineObserver
  readonly #admission: Admission
  readonly #queue = new BatchQueue<Entry>()
  readonly #cost: (item: Item) => number
  readonly #maxBatchCost: number
  /** Only a model that waits on the network can be told to stop. */
  readonly #cancellable: boolean
  #draining = false
  #whenIdle: (() => void) | undefined

  constructor(instance: ModelInstance, runner: Runner, options: EngineOptions) {
    const { definition } = instance
    this.#runner = runner
    this.#observer = options.observer
    this.#admission = new Admission(options.limits)
    this.#cost = (item) => Math.max(1, definition.cost?.(item as Item<never, never>) ?? 1)
    this.#cancellable = definition.runner === 'async'
    this.#maxBatchCost = this.#cancellable
      ? 1
      : (definition.maxBatchCost ?? (definition.cost ? DEFAULT_MAX_BATCH_COST : DEFAULT_MAX_BATCH_ITEMS))
    runner.onChange = () => this.#dispatch()
    runner.onRestart = () => this.#observer.workerRestarted()
  }

  /** Items waiting for a worker. */
  get queuedItems(): number {
    return this.#queue.size
  }

  /** True while at least one worker can answer. */
  get alive(): boolean {
    return this.#runner.alive
  }

  /** @throws ServeryError `MODEL_LOAD_FAILED` */
  start(): Promise<void> {
    return this.#runner.start()
  }

  /**
   * Answers all items of one request, in order.
   *
   * @throws ServeryError `SHUTTING_DOWN`, `MODEL_NOT_READY`, `INPUT_TOO_LARGE`, `OVERLOADED`, `DEADLINE_EXCEEDED`,
   *   `WORKER_LOST`, or the code of the first item that failed, with the violation `/inputs/<i>`
   */
  async infer(items: readonly Item[], options: InferOptions): Promise<Answer> {
    const costs = items.map(this.#cost)
    const cost = costs.reduce((sum, each) => sum + each, 0)
    this.#admit(items.length, cost)
    const request = new PendingRequest(items.length, options)
    try {
      this.#queue.push(items.map((item, index) => ({ item, index, cost: costs[index]!, request })))
      this.#dispatch()
      return await request.answer
    } finally {
      this.#admission.release(items.length, cost)
      this.#dropGone()
      if (this.#admission.items === 0) this.#whenIdle?.()
    }
  }

  /** Refuses new work and resolves when accepted work is answered; workers then end. */
  async drain(): Promise<void> {
    this.#draining = true
    if (this.#admission.items > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve
      })
    }
    await this.#runner.stop()
  }

  #admit(items: number, cost: number): void {
    if (this.#draining) {
      this.#observer.refused('shutting_down')
      throw new ServeryError('SHUTTING_DOWN', 'The server is shutting down; send the request to another one.', {
        retryAfterSeconds: 1,
      })
    }
    if (!this.#runner.alive) {
      this.#observer.refused('not_ready')
      throw new ServeryError('MODEL_NOT_READY', 'No worker of this model can answer yet; try again.', {
        retryAfterSeconds: 1,
      })
    }
    const refusal = this.#admission.tryAdmit(items, cost)
    if (refusal === undefined) return
    this.#observer.refused(refusal.code === 'OVERLOADED' ? 'overloaded' : 'too_large')
    throw refusal
  }

  /** Starts batches while workers are idle. Runs whenever work arrives or a worker becomes free; there is no timer. */
  #dispatch(): void {
    if (this.#runner.idle === 0 || this.#queue.size === 0) return
    this.#dropGone()
    while (this.#runner.idle > 0) {
      const batch = this.#queue.cut(this.#maxBatchCost)
      if (batch.length === 0) return
      void this.#run(batch)
    }
  }

  #dropGone(): void {
    const dropped = this.#queue.remove((entry) => entry.request.isSettled)
    if (dropped.length > 0) this.#observer.dropped(dropped.length)
  }

  async #run(batch: readonly Entry[]): Promise<void> {
    const startedAt = performance.now()
    for (const { request } of batch) this.#observer.queued((startedAt - request.admittedAt) / 1_000)
    try {
      const signal = this.#cancellable && batch.length === 1 ? batch[0]!.request.signal : NEVER
      const answer = await this.#runner.run(
        batch.map((entry) => entry.item),
        signal,
      )
      this.#observer.batch({
        items: batch.length,
        cost: batch.reduce((sum, entry) => sum + entry.cost, 0),
        inferenceSeconds: answer.inferenceMs / 1_000,
      })
      this.#settle(batch, answer, startedAt)
    } catch (error) {
      for (const { request } of batch) request.fail(error)
    }
  }

  #settle(batch: readonly Entry[], answer: BatchResult, startedAt: number): void {
    batch.forEach(({ request, index }, i) => {
      const result = answer.results[i] as ItemResult
      if ('error' in result) request.fail(itemFailed(result.error, index))
      else request.resolveItem(index, result, { startedAt, inferenceMs: answer.inferenceMs })
    })
  }
}

function itemFailed(error: { code: ServeryError['code']; detail: string }, index: number): ServeryError {
  return new ServeryError(error.code, error.detail, {
    violations: [{ pointer: `/inputs/${index}`, detail: error.detail }],
  })
}
