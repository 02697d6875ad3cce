/** A service that a model depends on, called over HTTP with JSON. All rules for such calls are in this file. */
import { ServeryError } from '@servery/core'
import { CircuitBreaker } from './circuit-breaker.ts'
import { isTimeout, isTlsError, isTransient, wasNotSent } from './errors.ts'
import { HttpClient } from './http-client.ts'
import { Probe } from './probe.ts'
import { withRetries } from './retries.ts'

export interface UpstreamOptions {
  /** Name of the service in messages, which begin with it. */
  readonly name: string
  /** Time limit for connecting, for the head of a response, and between two chunks of its body, in milliseconds each. */
  readonly timeoutMs: number
  /** Maximum number of concurrent calls; others wait. */
  readonly concurrency: number
  /** Sent with every call; never logged. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Responses above this size are refused while they arrive, in bytes. */
const MAX_ANSWER_BYTES = 2_000_000
const MAX_CONNECT_MS = 2_000
const BREAKER = { failures: 5, openMs: 5_000 }
/** A caller is waiting: one quick retry, and only if the first attempt had no effect. */
const RETRIES = { maxRetries: 1, firstWaitMs: 300 }
/** Statuses of a service that did not process the request. */
const NOT_DONE = [429, 503]

/** An attempt without a usable response. */
class FailedAttempt extends Error {
  readonly error: ServeryError
  readonly isRetried: boolean
  /** A failure of the service, not of this call: counts for the circuit breaker. */
  readonly isOutage: boolean

  constructor(error: ServeryError, { isRetried, isOutage }: { isRetried: boolean; isOutage: boolean }) {
    super(error.message)
    this.error = error
    this.isRetried = isRetried
    this.isOutage = isOutage
  }
}

export class Upstream {
  readonly #options: UpstreamOptions
  readonly #http: HttpClient
  readonly #breaker = new CircuitBreaker(BREAKER)
  #probe: Probe | undefined

  constructor(options: UpstreamOptions) {
    this.#options = options
    // Not through proxies: such a service is part of the deployment.
    this.#http = new HttpClient({
      timeoutMs: options.timeoutMs,
      connectTimeoutMs: Math.min(MAX_CONNECT_MS, options.timeoutMs),
      connections: options.concurrency,
    })
  }

  /**
   * Sends a JSON body. @returns the parsed response
   *
   * @param signal aborts the call when its result is no longer needed: the deadline has passed or the caller disconnected
   * @throws ServeryError `UPSTREAM_FAILED`, `UPSTREAM_TIMEOUT` with a reason that never quotes a body
   */
  async post(url: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    const waitMs = this.#breaker.enter()
    if (waitMs > 0)
      throw this.#failure(
        `failed ${BREAKER.failures} times in a row; no request is sent to it for ${Math.ceil(waitMs / 1_000)} s`,
      )
    const isRetried = (error: unknown) => error instanceof FailedAttempt && error.isRetried
    try {
      const answer = await withRetries(() => this.#attempt(url, body, signal), { ...RETRIES, isRetried, signal })
      this.#breaker.succeeded()
      return answer
    } catch (error) {
      if (!(error instanceof FailedAttempt)) {
        this.#breaker.abandoned()
        throw error
      }
      if (error.isOutage) this.#breaker.failed()
      else this.#breaker.succeeded()
      throw error.error
    }
  }

  /** Checks this address every few seconds from now on. Resolves after the first check. */
  watch(url: string): Promise<void> {
    this.#probe?.stop()
    this.#probe = new Probe(this.#options.name, url, this.#http)
    return this.#probe.check()
  }

  /** Why the watched service is unavailable, and how long ago that was seen; undefined if it is available or not watched. */
  get unavailableReason(): string | undefined {
    return this.#probe?.unavailableReason
  }

  close(): Promise<void> {
    this.#probe?.stop()
    return this.#http.close()
  }

  async #attempt(url: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    const { statusCode, text } = await this.#exchange(url, JSON.stringify(body), signal)
    if (statusCode >= 300) {
      throw new FailedAttempt(this.#failure(`answered ${statusCode}`), {
        isRetried: NOT_DONE.includes(statusCode),
        isOutage: statusCode >= 500,
      })
    }
    try {
      return JSON.parse(text)
    } catch {
      throw this.#badAnswer('answered with something that is not JSON')
    }
  }

  async #exchange(url: string, body: string, signal: AbortSignal): Promise<{ statusCode: number; text: string }> {
    const headers = { 'content-type': 'application/json', accept: 'application/json', ...this.#options.headers }
    try {
      const answer = await this.#http.request(url, { method: 'POST', body, headers, signal })
      return { statusCode: answer.statusCode, text: await this.#read(answer.body) }
    } catch (error) {
      if (error instanceof FailedAttempt || signal.aborted) throw error
      throw new FailedAttempt(this.#noAnswer(error), { isRetried: wasNotSent(error), isOutage: true })
    }
  }

  async #read(pieces: AsyncIterable<Buffer>): Promise<string> {
    const read: Buffer[] = []
    let size = 0
    for await (const piece of pieces) {
      size += piece.length
      read.push(piece)
      if (size > MAX_ANSWER_BYTES) throw this.#badAnswer(`answered with more than ${MAX_ANSWER_BYTES} bytes`)
    }
    return Buffer.concat(read).toString('utf8')
  }

  #badAnswer(what: string): FailedAttempt {
    return new FailedAttempt(this.#failure(what), { isRetried: false, isOutage: true })
  }

  #noAnswer(error: unknown): ServeryError {
    const { name, timeoutMs } = this.#options
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    if (isTimeout(error))
      return new ServeryError('UPSTREAM_TIMEOUT', `${name} did not answer in ${timeoutMs} ms (${code}).`)
    if (isTlsError(error)) return this.#failure(`has a certificate that is not trusted (${code})`)
    if (wasNotSent(error)) return this.#failure(`cannot be reached (${code})`)
    if (isTransient(error)) return this.#failure(`closed the connection before its response was complete (${code})`)
    return this.#failure(`could not be called (${code})`)
  }

  #failure(what: string): ServeryError {
    return new ServeryError('UPSTREAM_FAILED', `${this.#options.name} ${what}.`)
  }
}
