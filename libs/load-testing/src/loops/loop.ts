/** What every loop is given. Times are of the monotonic clock, in milliseconds. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Exchange, Failure } from '../exchange.ts'

export interface LoopContext {
  /** `http://host:port` */
  readonly url: string
  readonly startsAt: number
  /** From `startsAt` to here the load grows evenly. */
  readonly rampedUpAt: number
  /** Nothing is sent from here on; what is outstanding is waited for. */
  readonly endsAt: number
  /** Longest time of a request, until the last byte of its answer. */
  readonly timeoutMs: number
  /** Ends the loop at once: what is outstanding is not recorded. */
  readonly signal: AbortSignal
  /** The next request to send. */
  draw(): Exchange
  /** Uniform in [0, 1). */
  random(): number
  /** @param intendedAt when it was to be sent @param latencyMs from then until the last byte of its answer */
  record(exchange: Exchange, intendedAt: number, latencyMs: number, failure?: Failure): void
}

/** Sends what one group of users sends, and resolves when it is over and nothing is outstanding. */
export type Loop = (context: LoopContext) => Promise<void>

export function isOver({ endsAt, signal }: LoopContext): boolean {
  return signal.aborted || performance.now() >= endsAt
}

/** When the member `index` of `count` connections or users begins. */
export function beginOf({ startsAt, rampedUpAt }: LoopContext, index: number, count: number): number {
  return startsAt + ((rampedUpAt - startsAt) * index) / count
}

/** Resolves at that time, or when the run is over. */
export async function until(time: number, { endsAt, signal }: LoopContext): Promise<void> {
  const ms = Math.min(time, endsAt) - performance.now()
  if (ms > 0) await wait(ms, undefined, { signal }).catch(() => undefined)
}
