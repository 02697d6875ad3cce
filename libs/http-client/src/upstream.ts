/** One service that a model depends on, asked over HTTP with JSON. All rules for such calls stand here. */
import { setTimeout as pause } from 'node:timers/promises'
import { ServeryError } from '@servery/core'
import { Agent, request } from 'undici'
import { CircuitBreaker } from './circuit-breaker.ts'
import { keepParsersGoing } from './paused-parser.ts'
import { Probe } from './probe.ts'

export interface UpstreamOptions {
  /** As messages call it. */
  readonly name: string
  /** Longest time for a connection, for the head of an answer and between two pieces of its body, in milliseconds each. */
  readonly timeoutMs: number
  /** Most calls at once; others wait. */
  readonly concurrency: number
  /** Sent with every call; never logged. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Larger answers are refused while they arrive, in bytes. */
const MAX_ANSWER_BYTES = 2_000_000
const MAX_CONNECT_MS = 2_000
const BREAKER = { failures: 5, openMs: 5_000 }
const RETRIES = 1
/** Least and most time before another attempt, in milliseconds. */
const RETRY_AFTER_MS = [100, 300] as const

/** The call has not begun: trying again cannot do anything twice. */
const NOT_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']
const TIMEOUTS = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']
/** The service says that it has done nothing. */
const NOT_DONE = [429, 503]

/** An outcome of one attempt that is no answer. */
class Attempt extends Error {
  readonly error: ServeryError
  readonly mayRetry: boolean
  /** A fault of the service, not of this call: counts for the breaker. */
  readonly isOutage: boolean

  constructor(error: ServeryError, { mayRetry, isOutage }: { mayRetry: boolean; isOutage: boolean }) {
    super(error.message)
    this.error = error
    this.mayRetry = mayRetry
    this.isOutage = isOutage
  }
}

export class Upstream {
  readonly #options: UpstreamOptions
  readonly #agent: Agent
  readonly #breaker = new CircuitBreaker(BREAKER)
  #probe: Probe | undefined

  constructor(options: UpstreamOptions) {
    keepParsersGoing()
    this.#options = options
    this.#agent = new Agent({
      connections: options.concurrency,
      connect: { timeout: Math.min(MAX_CONNECT_MS, options.timeoutMs) },
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
    })
  }

  /**
   * What the service answers to a JSON body, parsed.
   *
   * @param signal aborts when nobody waits any more: the deadline of the request has passed, or its caller has left
   * @throws ServeryError `UPSTREAM_FAILED`, `UPSTREAM_TIMEOUT` with a reason, which never quotes a body
   */
  async post(url: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    const waitMs = this.#breaker.enter()
    if (waitMs > 0)
      throw this.#failure(
        `has failed ${BREAKER.failures} times in a row and is not asked for ${Math.ceil(waitMs / 1_000)} s`,
      )
    for (let retries = 0; ; retries++) {
      try {
        const answer = await this.#attempt(url, body, signal)
        this.#breaker.succeeded()
        return answer
      } catch (error) {
        if (!(error instanceof Attempt)) {
          this.#breaker.abandoned()
          throw error
        }
        if (error.mayRetry && retries < RETRIES && (await paused(signal))) continue
        if (error.isOutage) this.#breaker.failed()
        else this.#breaker.succeeded()
        throw error.error
      }
    }
  }

  /** Asks for this address every few seconds from now on. @returns after the first answer */
  watch(url: string): Promise<void> {
    this.#probe?.stop()
    this.#probe = new Probe(this.#options.name, url, this.#agent)
    return this.#probe.ask()
  }

  /** Why the watched service cannot be counted on, with its age; undefined when it can or is not watched. */
  get missing(): string | undefined {
    return this.#probe?.missing
  }

  close(): Promise<void> {
    this.#probe?.stop()
    return this.#agent.close()
  }

  async #attempt(url: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    const { statusCode, text } = await this.#exchange(url, JSON.stringify(body), signal)
    if (statusCode >= 300) {
      throw new Attempt(this.#failure(`answered ${statusCode}`), {
        mayRetry: NOT_DONE.includes(statusCode),
        isOutage: statusCode >= 500,
      })
    }
    try {
      return JSON.parse(text)
    } catch {
      throw new Attempt(this.#failure('answered what is not JSON'), { mayRetry: false, isOutage: true })
    }
  }

  async #exchange(url: string, body: string, signal: AbortSignal): Promise<{ statusCode: number; text: string }> {
    const headers = { 'content-type': 'application/json', accept: 'application/json', ...this.#options.headers }
    try {
      const answer = await request(url, { method: 'POST', body, headers, signal, dispatcher: this.#agent })
      return { statusCode: answer.statusCode, text: await this.#read(answer.body) }
    } catch (error) {
      if (error instanceof Attempt || signal.aborted) throw error
      throw this.#broken(error as NodeJS.ErrnoException)
    }
  }

  async #read(pieces: AsyncIterable<Buffer>): Promise<string> {
    const read: Buffer[] = []
    let size = 0
    for await (const piece of pieces) {
      size += piece.length
      read.push(piece)
      if (size > MAX_ANSWER_BYTES)
        throw new Attempt(this.#failure(`answered more than ${MAX_ANSWER_BYTES} bytes`), {
          mayRetry: false,
          isOutage: true,
        })
    }
    return Buffer.concat(read).toString('utf8')
  }

  #broken({ code = 'unknown' }: NodeJS.ErrnoException): Attempt {
    const mayRetry = NOT_SENT.includes(code)
    const error = TIMEOUTS.includes(code)
      ? new ServeryError(
          'UPSTREAM_TIMEOUT',
          `${this.#options.name} did not answer in ${this.#options.timeoutMs} ms (${code}).`,
        )
      : this.#failure(`cannot be reached or broke off (${code})`)
    return new Attempt(error, { mayRetry, isOutage: true })
  }

  #failure(what: string): ServeryError {
    return new ServeryError('UPSTREAM_FAILED', `${this.#options.name} ${what}.`)
  }
}

/** Waits before another attempt. @returns false when nobody waits for it any more */
async function paused(signal: AbortSignal): Promise<boolean> {
  const [least, most] = RETRY_AFTER_MS
  try {
    await pause(least + Math.random() * (most - least), undefined, { signal })
    return true
  } catch {
    return false
  }
}
