/** Whether a service is there, asked in the background, so that readiness can be told from memory and with its age. */
import { type Agent, request } from 'undici'

const EVERY_MS = 5_000
const TIMEOUT_MS = 2_000

export class Probe {
  readonly #name: string
  readonly #url: string
  readonly #agent: Agent
  readonly #timer: NodeJS.Timeout
  #reason: string | undefined = 'has not been asked yet'
  #askedAt = performance.now()

  /** @param url is asked with GET; any 2xx will do */
  constructor(name: string, url: string, agent: Agent) {
    this.#name = name
    this.#url = url
    this.#agent = agent
    this.#timer = setInterval(() => void this.ask(), EVERY_MS).unref()
  }

  /** Why the service cannot be counted on, with the age of that knowledge; undefined when it can. */
  get missing(): string | undefined {
    if (this.#reason === undefined) return undefined
    const seconds = Math.round((performance.now() - this.#askedAt) / 1_000)
    return `${this.#name} ${this.#reason} (${seconds} s ago)`
  }

  async ask(): Promise<void> {
    this.#reason = await this.#reasonNow()
    this.#askedAt = performance.now()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #reasonNow(): Promise<string | undefined> {
    try {
      const { statusCode, body } = await request(this.#url, {
        dispatcher: this.#agent,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      await body.dump()
      return statusCode < 300 ? undefined : `answered ${statusCode}`
    } catch (error) {
      const { code, name } = error as NodeJS.ErrnoException
      return `did not answer (${code ?? name})`
    }
  }
}
