/** An open loop: requests are sent at their intended times, regardless of outstanding ones, and latency counts from those times. */
import type { OpenLoop } from '../workload/user-groups.ts'
import { Clock } from './clock.ts'
import type { GeneratorContext, LoadGenerator } from './load-generator.ts'
import { connect, send } from './send.ts'

const DEFAULT_MAX_OUTSTANDING = 1_000

export async function prepareOpenLoop(group: OpenLoop, signal: AbortSignal): Promise<LoadGenerator> {
  const clock = await Clock.start(signal)
  return (context) => openLoop(group, context, clock).finally(() => clock.stop())
}

async function openLoop(group: OpenLoop, context: GeneratorContext, clock: Clock): Promise<void> {
  const { endsAt, signal, nextExchange, record } = context
  const pool = connect(context)
  const maxOutstanding = group.maxOutstanding ?? DEFAULT_MAX_OUTSTANDING
  const outstanding = new Set<Promise<void>>()
  for (let i = 0; !signal.aborted; i++) {
    const intendedAt = intendedTime(i, group.perSecond, context)
    if (intendedAt >= endsAt) break
    await clock.at(intendedAt)
    if (signal.aborted) break
    const exchange = nextExchange()
    if (outstanding.size >= maxOutstanding) {
      const error = `not sent: ${maxOutstanding} requests were outstanding`
      record(exchange, intendedAt, performance.now() - intendedAt, { error })
      continue
    }
    const sent = send(pool, exchange, intendedAt, context).finally(() => outstanding.delete(sent))
    outstanding.add(sent)
  }
  await Promise.all(outstanding)
  await pool.destroy()
}

/** Intended time of request `i`: evenly spaced after a linear growth of the rate. */
function intendedTime(i: number, perSecond: number, { startsAt, rampedUpAt }: GeneratorContext): number {
  const rampMs = rampedUpAt - startsAt
  const perMs = perSecond / 1_000
  const duringRamp = (perMs * rampMs) / 2
  if (i < duringRamp) return startsAt + Math.sqrt((2 * rampMs * i) / perMs)
  return rampedUpAt + (i - duringRamp) / perMs
}
