/** What every load generator is given. Times are of the monotonic clock, in milliseconds. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Exchange, Outcome } from '../workload/exchange.ts'

export interface GeneratorContext {
  /** `http://host:port` */
  readonly url: string
  readonly startsAt: number
  /** From `startsAt` to here the load grows evenly. */
  readonly rampedUpAt: number
  /** Nothing is sent from here on; what is outstanding is waited for. */
  readonly endsAt: number
  /** Longest time of a request, until the last byte of its answer. */
  readonly timeoutMs: number
  /** Ends the generator at once: what is outstanding is not recorded. */
  readonly signal: AbortSignal
  nextExchange(): Exchange
  /** Uniform in [0, 1). */
  random(): number
  /** @param intendedAt when it was to be sent @param latencyMs from then until the last byte of its answer */
  record(exchange: Exchange, intendedAt: number, latencyMs: number, outcome: Outcome): void
}

/** Sends what one group of users sends, and resolves when the run is over and nothing is outstanding. */
export type LoadGenerator = (context: GeneratorContext) => Promise<void>

export function isOver({ endsAt, signal }: GeneratorContext): boolean {
  return signal.aborted || performance.now() >= endsAt
}

/** When the member `index` of `count` connections or users starts. */
export function startTime({ startsAt, rampedUpAt }: GeneratorContext, index: number, count: number): number {
  return startsAt + ((rampedUpAt - startsAt) * index) / count
}

/** Resolves at that time, or when the run is over. */
export async function waitUntil(time: number, { endsAt, signal }: GeneratorContext): Promise<void> {
  const ms = Math.min(time, endsAt) - performance.now()
  if (ms > 0) await wait(ms, undefined, { signal }).catch(() => undefined)
}
