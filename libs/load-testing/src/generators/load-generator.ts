/** The interface of load generators. Times are of the monotonic clock, in milliseconds. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Exchange, Outcome } from '../workload/exchange.ts'

export interface GeneratorContext {
  /** `http://host:port` */
  readonly url: string
  readonly startsAt: number
  /** Until here, from `startsAt` on, the load grows linearly. */
  readonly rampedUpAt: number
  /** From here on nothing is sent; outstanding requests are awaited. */
  readonly endsAt: number
  /** Time limit for a request, until the last byte of its answer. */
  readonly timeoutMs: number
  /** Stops the generator at once; outstanding requests are not recorded. */
  readonly signal: AbortSignal
  nextExchange(): Exchange
  /** Uniform in [0, 1). */
  random(): number
  /** @param intendedAt when the request should have been sent @param latencyMs from then until the last byte of its answer */
  record(exchange: Exchange, intendedAt: number, latencyMs: number, outcome: Outcome): void
}

/** Sends the requests of one group of users; resolves when the run is over and no request is outstanding. */
export type LoadGenerator = (context: GeneratorContext) => Promise<void>

export function isOver({ endsAt, signal }: GeneratorContext): boolean {
  return signal.aborted || performance.now() >= endsAt
}

/** Start time of connection or user `index` of `count`. */
export function startTime({ startsAt, rampedUpAt }: GeneratorContext, index: number, count: number): number {
  return startsAt + ((rampedUpAt - startsAt) * index) / count
}

/** Resolves at that time, or when the run is over. */
export async function waitUntil(time: number, { endsAt, signal }: GeneratorContext): Promise<void> {
  const ms = Math.min(time, endsAt) - performance.now()
  if (ms > 0) await wait(ms, undefined, { signal }).catch(() => undefined)
}
