/**
 * The path of a request for one instance: admission → queue → batch → runner → results, with deadlines, cancellation
 * and timings. All items of a request are admitted or none.
 */
import { isServeryError, ServeryError } from '@servery/core'
import { BatchQueue } from '../batching/batch-queue.ts'
import type { Item, ItemResult, ModelInstance, Operation } from '../model/model.ts'
import type { BatchResult, Runner, RunnerCapabilities, StartOptions } from '../workers/runner.ts'
import { Admission, type AdmissionLimits } from './admission.ts'
import type { EngineObserver } from './observer.ts'
import { type Answer, type InferOptions, PendingRequest } from './pending-request.ts'

export interface EngineOptions {
  readonly limits: AdmissionLimits
  readonly observer: EngineObserver
}

interface Entry {
  readonly item: Item
  readonly cost: number
  readonly index: number
  readonly request: PendingRequest
}

/** About eight short texts per batch: larger batches are slower per text on CPUs. */
const DEFAULT_MAX_BATCH_ITEMS = 32
const DEFAULT_MAX_BATCH_COST = 1_024

const NEVER = new AbortController().signal

export class Engine {
  readonly #runner: Runner
  readonly #observer: EngineObserver
  readonly #admission: Admission
  readonly #queue = new BatchQueue<Entry>()
  /** Items of workers that died. Each is retried once, alone, to find out which item kills workers. */
  #suspects: Entry[] = []
  readonly #cost: (item: Item) => number
  #draining = false
  #becomesIdle: Promise<void> | undefined
  #whenIdle: (() => void) | undefined

  constructor(instance: ModelInstance, runner: Runner, options: EngineOptions) {
    const { definition } = instance
    this.#runner = runner
    this.#observer = options.observer
    this.#admission = new Admission(options.limits)
    this.#cost = (item) => {
      const cost = (definition.operations[item.operation] as Operation).cost?.(item as Item<never, never>) ?? 1
      return Number.isFinite(cost) ? Math.max(1, cost) : 1
    }
    const maxBatchCost = runner.capabilities.batches ? largestBatch(definition) : 1
    const waitingCost = (): number => this.#queue.cost + this.#suspects.reduce((sum, { cost }) => sum + cost, 0)
    const nextIsRetry = (): boolean => this.#suspects.length > 0
    runner.source = {
      get waitingCost() {
        return waitingCost()
      },
      get nextIsRetry() {
        return nextIsRetry()
      },
      maxBatchCost,
      startBatch: () => this.#startBatch(maxBatchCost),
    }
    runner.onChange = () => this.#dispatch()
    runner.onRestart = () => this.#observer.workerRestarted()
  }

  /** Items waiting for a worker. */
  get queuedItems(): number {
    return this.#queue.size + this.#suspects.length
  }

  /** Workers that have loaded the model. */
  get workers(): number {
    return this.#runner.workers
  }

  /** Why there is no worker, after several failed to start; undefined otherwise. */
  get failure(): ServeryError | undefined {
    return this.#runner.failure
  }

  /** Why the model cannot answer although there are workers; undefined if it can, as far as known. */
  get unavailableReason(): string | undefined {
    return this.#runner.unavailableReason
  }

  /** Private memory that the version takes, in bytes, as measured. */
  get memoryBytes(): number {
    return this.#runner.memoryBytes
  }

  /** The same in one worker; undefined if libraries that versions share may be in it. */
  get memoryInWorker(): number | undefined {
    return this.#runner.memoryInWorker
  }

  get capabilities(): RunnerCapabilities {
    return this.#runner.capabilities
  }

  /** @throws ServeryError `MODEL_LOAD_FAILED` */
  start(options: StartOptions): Promise<void> {
    return this.#runner.start(options)
  }

  /**
   * Answers all items of one request, in order, each with an output or with its own error.
   *
   * @throws ServeryError for the request as a whole: `SHUTTING_DOWN`, `MODEL_NOT_READY`, `INPUT_TOO_LARGE`, `OVERLOADED`,
   *   `DEADLINE_EXCEEDED`, `REQUEST_TIMEOUT`, `WORKER_LOST`; with `failFast` also the error of the first item that failed
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
    } catch (error) {
      this.#dropSettled()
      throw error
    } finally {
      this.#admission.release(items.length, cost)
      if (this.#admission.items === 0) this.#whenIdle?.()
    }
  }

  /** Refuses new work, and waits until accepted work is answered. */
  async drain(): Promise<void> {
    this.#draining = true
    if (this.#admission.items > 0) await this.#idle()
  }

  /** Drains, then unloads the model. */
  async shutdown(): Promise<void> {
    await this.drain()
    await this.#runner.stop()
  }

  /** @throws ServeryError `SHUTTING_DOWN`, `MODEL_NOT_READY` when no work is taken now, however little */
  checkAccepting(): void {
    if (this.#draining) {
      this.#observer.refused('shutting_down')
      throw new ServeryError('SHUTTING_DOWN', 'The server is shutting down; send the request to another one.', {
        retryAfterSeconds: 1,
      })
    }
    if (this.workers === 0) {
      this.#observer.refused('not_ready')
      throw notReady(this.failure)
    }
  }

  #idle(): Promise<void> {
    this.#becomesIdle ??= new Promise((resolve) => {
      this.#whenIdle = resolve
    })
    return this.#becomesIdle
  }

  #admit(items: number, cost: number): void {
    this.checkAccepting()
    const refusal = this.#admission.tryAdmit(items, cost)
    if (refusal === undefined) return
    this.#observer.refused(refusal.code === 'OVERLOADED' ? 'overloaded' : 'too_large')
    throw refusal
  }

  /** Called whenever work arrives or something about the runner changes; there is no timer. */
  #dispatch(): void {
    if (this.failure !== undefined) this.#failQueued(this.failure)
    if (this.queuedItems > 0) this.#runner.workArrived()
  }

  #startBatch(maxCost: number): void {
    this.#dropSettled()
    const isSuspect = this.#suspects.length > 0
    const batch = isSuspect ? this.#suspects.splice(0, 1) : this.#queue.cut(maxCost)
    if (batch.length > 0) void this.#run(batch, isSuspect)
  }

  #dropSettled(): void {
    const isSettled = ({ request }: Entry): boolean => request.isSettled
    const dropped = this.#queue.remove(isSettled).length + this.#suspects.filter(isSettled).length
    this.#suspects = this.#suspects.filter((entry) => !isSettled(entry))
    if (dropped > 0) this.#observer.dropped(dropped)
  }

  #failQueued(failure: ServeryError): void {
    for (const { request } of this.#queue.remove(() => true)) request.fail(notReady(failure))
    const detail = `The worker process ended during this request and no other worker can take over: ${failure.message}`
    for (const { request } of this.#suspects.splice(0))
      request.fail(new ServeryError('WORKER_LOST', detail, { retryAfterSeconds: 1 }))
  }

  async #run(batch: readonly Entry[], isSuspect: boolean): Promise<void> {
    const startedAt = performance.now()
    for (const { request } of batch) this.#observer.queued((startedAt - request.admittedAt) / 1_000)
    const cost = batch.reduce((sum, entry) => sum + entry.cost, 0)
    try {
      const signal = this.#runner.capabilities.cancels ? batch[0]!.request.signal : NEVER
      const items = batch.map((entry) => entry.item)
      const answer = await this.#runner.run({ items, cost, isRetry: isSuspect }, signal)
      this.#observer.batch({ items: batch.length, cost, inferenceSeconds: answer.inferenceMs / 1_000 })
      this.#settle(batch, answer, startedAt)
    } catch (error) {
      if (isServeryError(error) && error.code === 'WORKER_LOST') this.#retryLost(batch, isSuspect)
      else for (const { request } of batch) request.fail(error)
    }
  }

  /** Retries the items of a lost worker once: models have no side effects. */
  #retryLost(batch: readonly Entry[], isSuspect: boolean): void {
    if (isSuspect) {
      const detail = 'Two worker processes ended while they processed this item; it is not retried.'
      for (const { request, index } of batch) request.settleItem(index, { error: { code: 'ITEM_REJECTED', detail } })
    } else {
      this.#suspects.push(...batch)
      this.#dispatch()
    }
  }

  #settle(batch: readonly Entry[], answer: BatchResult, startedAt: number): void {
    batch.forEach(({ request, index }, i) => {
      request.settleItem(index, answer.results[i] as ItemResult, { startedAt, inferenceMs: answer.inferenceMs })
    })
  }
}

function notReady(failure: ServeryError | undefined): ServeryError {
  const sentence = failure?.message ?? 'No worker of this model is ready yet; try again.'
  return new ServeryError('MODEL_NOT_READY', sentence, { retryAfterSeconds: 1 })
}

function largestBatch({ maxBatchCost, operations }: ModelInstance['definition']): number {
  return maxBatchCost ?? (operations.predict.cost ? DEFAULT_MAX_BATCH_COST : DEFAULT_MAX_BATCH_ITEMS)
}
