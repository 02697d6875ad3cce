/** One request over undici, judged and recorded. */
import { keepParsersGoing } from '@servery/http-client'
import { type Dispatcher, Pool } from 'undici'
import { type Exchange, type Failure, judge } from '../exchange.ts'
import { connectionError, failed, noAnswerWithin } from './failures.ts'
import type { LoopContext } from './loop.ts'

const JSON_BODY = { 'content-type': 'application/json' }

/** Opens as many connections as requests are outstanding, and keeps them. An aborted run closes them all. */
export function connect({ url, timeoutMs, signal }: LoopContext): Pool {
  keepParsersGoing()
  // Silence needs no bound of its own: `send` bounds the whole request, so that a server that trickles is bounded too.
  const pool = new Pool(url, { pipelining: 1, connect: { timeout: timeoutMs }, headersTimeout: 0, bodyTimeout: 0 })
  signal.addEventListener('abort', () => pool.destroy(), { once: true })
  return pool
}

/**
 * Never rejects: what goes wrong is recorded. By `dispatch`: what the stream and the abort signal of `request`
 * cost would be a part of every latency.
 * @param intendedAt latency counts from here
 */
export function send(pool: Pool, exchange: Exchange, intendedAt: number, context: LoopContext): Promise<void> {
  const { method, path, body } = exchange
  const content = body === undefined ? {} : { body, headers: JSON_BODY }
  return new Promise((resolve) => {
    const answer = new Answer(exchange, intendedAt, context, resolve)
    pool.dispatch({ method, path, ...content }, answer)
  })
}

/** Follows a request to its end, which is recorded once. */
class Answer implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange
  readonly #intendedAt: number
  readonly #context: LoopContext
  readonly #resolve: () => void
  readonly #patience: NodeJS.Timeout
  readonly #chunks: Buffer[] = []
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #hasEnded = false

  constructor(exchange: Exchange, intendedAt: number, context: LoopContext, resolve: () => void) {
    this.#exchange = exchange
    this.#intendedAt = intendedAt
    this.#context = context
    this.#resolve = resolve
    this.#patience = setTimeout(() => this.#giveUp(), context.timeoutMs)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#hasEnded) controller.abort(new Error('The request waited too long for a connection.'))
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const latencyMs = performance.now() - this.#intendedAt
    this.#end(latencyMs, judge(this.#exchange, this.#status, Buffer.concat(this.#chunks).toString()))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end(performance.now() - this.#intendedAt, failed(connectionError(error)))
  }

  #giveUp(): void {
    const words = noAnswerWithin(this.#context.timeoutMs)
    this.#end(performance.now() - this.#intendedAt, failed(words))
    this.#controller?.abort(new Error(words))
  }

  /** @param failure what was wrong, if anything */
  #end(latencyMs: number, failure: Failure | undefined): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    clearTimeout(this.#patience)
    this.#resolve()
    if (!this.#context.signal.aborted) this.#context.record(this.#exchange, this.#intendedAt, latencyMs, failure)
  }
}
