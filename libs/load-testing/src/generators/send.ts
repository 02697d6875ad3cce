/** One request over undici, recorded with its outcome. */
import { keepParsersGoing } from '@servery/http-client'
import { type Dispatcher, Pool } from 'undici'
import type { Exchange, Outcome } from '../workload/exchange.ts'
import { connectionError, noAnswerWithin } from './errors.ts'
import type { GeneratorContext } from './load-generator.ts'

const JSON_BODY = { 'content-type': 'application/json' }

/** A pool that opens a connection for every outstanding request and keeps it. An aborted run closes all of them. */
export function connect({ url, timeoutMs, signal }: GeneratorContext): Pool {
  keepParsersGoing()
  // Without the time limits of undici: `send` limits the whole request, so that a server that sends its answer in small pieces is limited too.
  const pool = new Pool(url, { pipelining: 1, connect: { timeout: timeoutMs }, headersTimeout: 0, bodyTimeout: 0 })
  signal.addEventListener('abort', () => pool.destroy(), { once: true })
  return pool
}

/**
 * Never rejects: errors are recorded. Uses `dispatch`, because the stream and the abort signal of `request` would
 * add to every latency.
 * @param intendedAt latency counts from here
 */
export function send(pool: Pool, exchange: Exchange, intendedAt: number, context: GeneratorContext): Promise<void> {
  const { method, path, body } = exchange
  const content = body === undefined ? {} : { body, headers: JSON_BODY }
  return new Promise((resolve) => {
    const handler = new RecordingHandler(exchange, intendedAt, context, resolve)
    pool.dispatch({ method, path, ...content }, handler)
  })
}

/** Handles a request and records its outcome once. */
class RecordingHandler implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange
  readonly #intendedAt: number
  readonly #context: GeneratorContext
  readonly #resolve: () => void
  readonly #timeout: NodeJS.Timeout
  readonly #chunks: Buffer[] = []
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #hasEnded = false

  constructor(exchange: Exchange, intendedAt: number, context: GeneratorContext, resolve: () => void) {
    this.#exchange = exchange
    this.#intendedAt = intendedAt
    this.#context = context
    this.#resolve = resolve
    this.#timeout = setTimeout(() => this.#timeOut(), context.timeoutMs)
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
    this.#end(this.#latency(), { status: this.#status, body: Buffer.concat(this.#chunks).toString() })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end(this.#latency(), { error: connectionError(error) })
  }

  #timeOut(): void {
    const error = noAnswerWithin(this.#context.timeoutMs)
    this.#end(this.#latency(), { error })
    this.#controller?.abort(new Error(error))
  }

  #latency(): number {
    return performance.now() - this.#intendedAt
  }

  #end(latencyMs: number, outcome: Outcome): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    clearTimeout(this.#timeout)
    this.#resolve()
    if (!this.#context.signal.aborted) this.#context.record(this.#exchange, this.#intendedAt, latencyMs, outcome)
  }
}
