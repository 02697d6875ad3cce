/** Checks in the background whether a service is available, so that readiness checks need no request. */
import type { HttpClient } from './http-client.ts'

const INTERVAL_MS = 5_000
const TIMEOUT_MS = 2_000

export class Probe {
  readonly #name: string
  readonly #url: string
  readonly #http: HttpClient
  readonly #timer: NodeJS.Timeout
  #reason: string | undefined = 'has not been checked yet'
  #checkedAt = performance.now()

  /** @param url requested with GET; any 2xx means available */
  constructor(name: string, url: string, http: HttpClient) {
    this.#name = name
    this.#url = url
    this.#http = http
    this.#timer = setInterval(() => void this.check(), INTERVAL_MS).unref()
  }

  /** Why the service is unavailable, and how many seconds ago that was seen; undefined if it is available. */
  get unavailableReason(): string | undefined {
    if (this.#reason === undefined) return undefined
    const seconds = Math.round((performance.now() - this.#checkedAt) / 1_000)
    return `${this.#name} ${this.#reason} (${seconds} s ago)`
  }

  async check(): Promise<void> {
    this.#reason = await this.#reasonNow()
    this.#checkedAt = performance.now()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #reasonNow(): Promise<string | undefined> {
    try {
      const { statusCode, body } = await this.#http.request(this.#url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
      await body.dump()
      return statusCode < 300 ? undefined : `answered ${statusCode}`
    } catch (error) {
      const { code, name } = error as NodeJS.ErrnoException
      return `did not answer (${code ?? name})`
    }
  }
}
