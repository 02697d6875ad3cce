/** A client that knows the right answer to every request it sends, and counts what came back. */
import { setTimeout as pause } from 'node:timers/promises'
import { assertClose } from '@servery/testkit'

/** Scores have four decimals: one more or less in the last is rounding. */
const ATOL = 2e-4
const SEED = 7

export interface Case {
  readonly request: { readonly inputs: { readonly document: string }[] }
  readonly answer: unknown
}

export class Counts {
  sent = 0
  right = 0
  wrong = 0
  /** Answers that are not 200, by `<status> <code>`; `broken` when the connection ended without one. */
  readonly other: Record<string, number> = {}
  /** Milliseconds from sending to the right answer, and to a refusal. */
  readonly latencies: number[] = []
  readonly refusalLatencies: number[] = []
  retryAfterMissing = 0
}

export class Client {
  readonly url: string
  readonly cases: readonly Case[]
  readonly #outstanding = new Set<Promise<void>>()
  #next = 0

  private constructor(url: string, cases: readonly Case[]) {
    this.url = url
    this.cases = cases
  }

  /** Asks the calm server for the answers to `count` texts of different lengths, one after the other. */
  static async of(url: string, count = 48): Promise<Client> {
    const cases: Case[] = []
    for (const document of documents(count)) {
      const request = { inputs: [{ document }] }
      const { status, body } = await post(url, request)
      if (status !== 200) throw new Error(`The calm server answered ${status}: ${JSON.stringify(body)}`)
      cases.push({ request, answer: body })
    }
    return new Client(url, cases)
  }

  /** One request. */
  async send(counts: Counts, signal?: AbortSignal): Promise<void> {
    const sending = this.#send(counts, signal)
    this.#outstanding.add(sending)
    await sending
    this.#outstanding.delete(sending)
  }

  /** Resolves when everything that has been sent until now is answered. */
  async answered(): Promise<void> {
    await Promise.all(this.#outstanding)
  }

  async #send(counts: Counts, signal?: AbortSignal): Promise<void> {
    const { request, answer } = this.cases[this.#next++ % this.cases.length] as Case
    counts.sent += 1
    const startedAt = performance.now()
    try {
      const { status, body, retryAfter } = await post(this.url, request, signal)
      const elapsed = performance.now() - startedAt
      if (status === 200) {
        counts[isSame(body, answer) ? 'right' : 'wrong'] += 1
        counts.latencies.push(elapsed)
      } else {
        count(counts, `${status} ${body.code}`)
        counts.refusalLatencies.push(elapsed)
        if (retryAfter === null) counts.retryAfterMissing += 1
      }
    } catch {
      count(counts, signal?.aborted ? 'left' : 'broken')
    }
  }

  /** So many connections that send as soon as they are answered, until `isOver`. */
  async closedLoop(connections: number, isOver: () => boolean, counts = new Counts()): Promise<Counts> {
    const loop = async () => {
      while (!isOver()) await this.send(counts)
    }
    await Promise.all(Array.from({ length: connections }, loop))
    return counts
  }

  /** Sends at the intended times, whatever is outstanding, and waits for all. @param rate requests a second */
  async openLoop(rate: number, seconds: number): Promise<Counts> {
    const counts = new Counts()
    const startedAt = performance.now()
    const sent: Promise<void>[] = []
    for (let i = 0; i < rate * seconds; i++) {
      const wait = startedAt + (i * 1_000) / rate - performance.now()
      if (wait > 1) await pause(wait)
      sent.push(this.send(counts))
    }
    await Promise.all(sent)
    return counts
  }
}

export interface Reply {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly retryAfter: string | null
  readonly version: string | null
}

export async function post(url: string, body: unknown, signal: AbortSignal | null = null): Promise<Reply> {
  const response = await fetch(`${url}/v1/model/keywords/predict`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    signal,
  })
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    retryAfter: response.headers.get('retry-after'),
    version: response.headers.get('x-model-version'),
  }
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

function isSame(actual: unknown, expected: unknown): boolean {
  try {
    assertClose(actual, expected, { atol: ATOL })
    return true
  } catch {
    return false
  }
}

function count(counts: Counts, what: string): void {
  counts.other[what] = (counts.other[what] ?? 0) + 1
}

const WORDS =
  'harbour turbine market nurse glacier contract violin bakery orbit senate river laptop vaccine forest museum engine island theatre copper poem'.split(
    ' ',
  )

/** Texts of 3 to 50 words, each with words of its own, the same ones every time. */
function documents(count: number): string[] {
  let state = SEED
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  return Array.from({ length: count }, (_, i) => {
    const length = 3 + random(48)
    const words = Array.from({ length }, () => WORDS[random(WORDS.length)])
    return `Report ${i}: the ${words.join(' and the ')}.`
  })
}
