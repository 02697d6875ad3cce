/** Records every request: latencies in microseconds and errors, per endpoint and per second. */
import { build, type Histogram } from 'hdr-histogram-js'
import { type Exchange, endpointId } from '../workload/exchange.ts'
import type { Failure } from './judge.ts'

/** Upper limit of the histogram, in microseconds: ten minutes. */
const HIGHEST_US = 600_000_000

export interface EndpointRecord {
  readonly method: string
  readonly path: string
  readonly histogram: Histogram
  /** The same latencies by group of users; the key is the index of the group in the plan. */
  readonly byGroup: Map<number, Histogram>
  total: number
  /** Requests without a right answer, including wrong answers. */
  failures: number
  /** Answers that were compared with a recorded one. */
  compared: number
  wrong: number
  sumUs: number
  leastUs: number
  mostUs: number
  readonly errors: Map<string, number>
}

/** One second of the run, by the intended time of requests. */
export interface Second {
  total: number
  failures: number
  readonly latenciesUs: number[]
}

export class Recorder {
  readonly endpoints = new Map<string, EndpointRecord>()
  readonly seconds: Second[] = []
  readonly #beginMs: number

  /** @param beginMs time of the monotonic clock from which requests count */
  constructor(beginMs: number) {
    this.#beginMs = beginMs
  }

  /**
   * @param intendedMs when the request should have been sent, by the monotonic clock
   * @param latencyMs time from then until its answer was read
   * @param group index of the group of users in the plan
   */
  record(exchange: Exchange, intendedMs: number, latencyMs: number, failure?: Failure, group = 0): void {
    // Requests of the warm-up do not count, unless they failed: the server has reported that it is ready.
    if (intendedMs < this.#beginMs && failure === undefined) return
    const endpoint = this.#endpoint(exchange)
    const us = Math.max(1, Math.round(latencyMs * 1_000))
    for (const histogram of [endpoint.histogram, histogramOf(endpoint, group)])
      histogram.recordValue(Math.min(us, HIGHEST_US))
    endpoint.total += 1
    endpoint.sumUs += us
    endpoint.leastUs = Math.min(endpoint.leastUs, us)
    endpoint.mostUs = Math.max(endpoint.mostUs, us)
    const second = this.#second(Math.max(0, Math.floor((intendedMs - this.#beginMs) / 1_000)))
    second.total += 1
    second.latenciesUs.push(us)
    if (exchange.expected !== undefined && failure?.kind !== 'failed') endpoint.compared += 1
    if (failure === undefined) return
    second.failures += 1
    endpoint.failures += 1
    if (failure.kind === 'wrong') endpoint.wrong += 1
    endpoint.errors.set(failure.error, (endpoint.errors.get(failure.error) ?? 0) + 1)
  }

  get total(): number {
    return this.#sum(({ total }) => total)
  }

  get failures(): number {
    return this.#sum(({ failures }) => failures)
  }

  get wrong(): number {
    return this.#sum(({ wrong }) => wrong)
  }

  /** Number of wrong answers by endpoint, for endpoints whose answers were compared. */
  wrongAnswers(): Map<string, number> {
    const compared = [...this.endpoints].filter(([, endpoint]) => endpoint.compared > 0)
    return new Map(compared.map(([id, { wrong }]) => [id, wrong]))
  }

  #sum(of: (endpoint: EndpointRecord) => number): number {
    return [...this.endpoints.values()].reduce((sum, endpoint) => sum + of(endpoint), 0)
  }

  #endpoint(exchange: Exchange): EndpointRecord {
    const id = endpointId(exchange)
    const known = this.endpoints.get(id)
    if (known !== undefined) return known
    const { method, path } = exchange
    const made: EndpointRecord = {
      method,
      path,
      histogram: emptyHistogram(),
      byGroup: new Map(),
      total: 0,
      failures: 0,
      compared: 0,
      wrong: 0,
      sumUs: 0,
      leastUs: Infinity,
      mostUs: 0,
      errors: new Map(),
    }
    this.endpoints.set(id, made)
    return made
  }

  #second(index: number): Second {
    while (this.seconds.length <= index) this.seconds.push({ total: 0, failures: 0, latenciesUs: [] })
    return this.seconds[index] as Second
  }
}

function histogramOf({ byGroup }: EndpointRecord, group: number): Histogram {
  const histogram = byGroup.get(group) ?? emptyHistogram()
  byGroup.set(group, histogram)
  return histogram
}

function emptyHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: 3,
  })
}
