/** One admitted request: collects the results of its items, and settles once: with all of them, with a failure, or when its caller disconnects. */
import { ServeryError } from '@servery/core'
import type { ItemResult } from '../model/model.ts'

export interface Timings {
  /** Milliseconds from admission until the last item reached a worker. */
  readonly queueMs: number
  /** Milliseconds of the slowest batch that held an item of this request. */
  readonly inferenceMs: number
}

export interface Answer {
  /** One per item, in order. */
  readonly results: readonly ItemResult[]
  readonly timings: Timings
}

export interface InferOptions {
  /** Milliseconds from now after which the request fails with `DEADLINE_EXCEEDED`. */
  readonly deadlineMs: number
  /** True: the first item that fails ends the request with its error, whose `item` is its index. False: the error is the result of the item. */
  readonly failFast?: boolean
  /** Receives the function to call when the caller disconnects; calling it after the answer has no effect. */
  readonly onDisconnect?: (disconnected: () => void) => void
}

interface Settle {
  resolve(answer: Answer): void
  reject(error: unknown): void
}

export class PendingRequest {
  readonly answer: Promise<Answer>
  readonly admittedAt = performance.now()
  readonly #results: ItemResult[]
  readonly #failFast: boolean
  readonly #timer: NodeJS.Timeout
  /** Created on demand: only models that wait on the network use it. */
  #abort: AbortController | undefined
  #settle: Settle | undefined
  #failed = false
  #unanswered: number
  #queueMs = 0
  #inferenceMs = 0

  constructor(items: number, { deadlineMs, failFast = false, onDisconnect }: InferOptions) {
    this.#results = new Array(items)
    this.#unanswered = items
    this.#failFast = failFast
    this.answer = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    this.#timer = setTimeout(() => this.fail(deadlineExceeded(deadlineMs)), deadlineMs)
    onDisconnect?.(() => this.fail(new ServeryError('REQUEST_TIMEOUT', 'The client disconnected before the answer.')))
  }

  /** Aborts when the request fails or its caller disconnects. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController()
    if (this.#failed) this.#abort.abort()
    return this.#abort.signal
  }

  /** True once the request has been answered or has failed: its queued items need not be computed. */
  get isSettled(): boolean {
    return this.#settle === undefined
  }

  /** @param batch the batch in which the item was run; undefined if no worker could finish it */
  settleItem(
    index: number,
    result: ItemResult,
    batch?: { readonly startedAt: number; readonly inferenceMs: number },
  ): void {
    if (this.#failFast && 'error' in result) {
      this.fail(new ServeryError(result.error.code, result.error.detail, { item: index }))
      return
    }
    this.#results[index] = result
    if (batch !== undefined) {
      this.#queueMs = Math.max(this.#queueMs, batch.startedAt - this.admittedAt)
      this.#inferenceMs = Math.max(this.#inferenceMs, batch.inferenceMs)
    }
    this.#unanswered -= 1
    if (this.#unanswered === 0) this.#finish()
  }

  fail(error: unknown): void {
    const settle = this.#close()
    if (settle === undefined) return
    this.#failed = true
    this.#abort?.abort()
    settle.reject(error)
  }

  #finish(): void {
    const timings = { queueMs: this.#queueMs, inferenceMs: this.#inferenceMs }
    this.#close()?.resolve({ results: this.#results, timings })
  }

  #close(): Settle | undefined {
    const settle = this.#settle
    this.#settle = undefined
    clearTimeout(this.#timer)
    return settle
  }
}

function deadlineExceeded(deadlineMs: number): ServeryError {
  return new ServeryError(
    'DEADLINE_EXCEEDED',
    `No answer within ${deadlineMs} ms (SERVERY_REQUEST_TIMEOUT_MS, or the shorter limit of the request).`,
  )
}
