/** One admitted request: collects the results of its items and is settled once, by all of them, by a failure or by its caller. */
import { ServeryError } from '@servery/core'

export interface Timings {
  /** Milliseconds from admission until the last item reached a worker. */
  readonly queueMs: number
  /** Milliseconds of the slowest batch that held an item of this request. */
  readonly inferenceMs: number
}

export interface Answer {
  /** One output per item, in order. */
  readonly outputs: readonly unknown[]
  /** Items of which the model read only the beginning. */
  readonly truncatedItems: number
  readonly timings: Timings
}

interface Settle {
  resolve(answer: Answer): void
  reject(error: unknown): void
}

export interface InferOptions {
  /** Milliseconds from now after which nobody waits for the answer. */
  readonly deadlineMs: number
  /** Is given what to call when the caller leaves; harmless after the answer. */
  readonly onCaller?: (leave: () => void) => void
}

export class PendingRequest {
  readonly answer: Promise<Answer>
  readonly admittedAt = performance.now()
  readonly #outputs: unknown[]
  readonly #timer: NodeJS.Timeout
  /** Made when a model asks for it: only those that wait on the network do. */
  #abort: AbortController | undefined
  #settle: Settle | undefined
  #failed = false
  #missing: number
  #truncatedItems = 0
  #queueMs = 0
  #inferenceMs = 0

  constructor(items: number, { deadlineMs, onCaller }: InferOptions) {
    this.#outputs = new Array(items)
    this.#missing = items
    this.answer = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    this.#timer = setTimeout(() => this.fail(lateError(deadlineMs)), deadlineMs)
    onCaller?.(() => this.fail(new ServeryError('REQUEST_TIMEOUT', 'The caller left before the answer.')))
  }

  /** Aborts when the request fails or its caller leaves. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController()
    if (this.#failed) this.#abort.abort()
    return this.#abort.signal
  }

  /** True once an answer or a failure has left: items still queued are not worth computing. */
  get isSettled(): boolean {
    return this.#settle === undefined
  }

  resolveItem(
    index: number,
    result: { readonly output: unknown; readonly truncated?: boolean },
    batch: { readonly startedAt: number; readonly inferenceMs: number },
  ): void {
    this.#outputs[index] = result.output
    if (result.truncated) this.#truncatedItems += 1
    this.#queueMs = Math.max(this.#queueMs, batch.startedAt - this.admittedAt)
    this.#inferenceMs = Math.max(this.#inferenceMs, batch.inferenceMs)
    this.#missing -= 1
    if (this.#missing === 0) this.#finish()
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
    this.#close()?.resolve({ outputs: this.#outputs, truncatedItems: this.#truncatedItems, timings })
  }

  #close(): Settle | undefined {
    const settle = this.#settle
    this.#settle = undefined
    clearTimeout(this.#timer)
    return settle
  }
}

function lateError(deadlineMs: number): ServeryError {
  return new ServeryError(
    'DEADLINE_EXCEEDED',
    `No answer within ${deadlineMs} ms (SERVERY_REQUEST_TIMEOUT_MS, header x-request-timeout-ms).`,
  )
}
