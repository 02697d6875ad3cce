/** An open loop: requests leave at their intended times, whatever is outstanding, and latency counts from those times. */
import { setTimeout as pause } from 'node:timers/promises'
import type { OpenLoop } from '../plan.ts'
import { failed } from './failures.ts'
import type { LoopContext } from './loop.ts'
import { createAgent, send } from './send.ts'

const DEFAULT_MAX_OUTSTANDING = 1_000
/** Timers of Node are up to this late, in milliseconds: the rest of the way to an intended time is spent turning the event loop. */
const TIMER_ERROR_MS = 1.5

export async function openLoop(group: OpenLoop, context: LoopContext): Promise<void> {
  const { endsAt, signal, draw, record } = context
  const agent = createAgent(context)
  const maxOutstanding = group.maxOutstanding ?? DEFAULT_MAX_OUTSTANDING
  const outstanding = new Set<Promise<void>>()
  for (let i = 0; !signal.aborted; i++) {
    const intendedAt = timeOf(i, group.perSecond, context)
    if (intendedAt >= endsAt) break
    await exactly(intendedAt, signal)
    if (signal.aborted) break
    const exchange = draw()
    if (outstanding.size >= maxOutstanding) {
      const words = `not sent: ${maxOutstanding} requests were outstanding`
      record(exchange, intendedAt, performance.now() - intendedAt, failed(words))
      continue
    }
    const sent = send(agent, exchange, intendedAt, context).finally(() => outstanding.delete(sent))
    outstanding.add(sent)
  }
  await Promise.all(outstanding)
  await agent.destroy()
}

/** Intended time of request `i`: evenly spaced once the rate, growing evenly, has been reached. */
function timeOf(i: number, perSecond: number, { startsAt, rampedUpAt }: LoopContext): number {
  const rampMs = rampedUpAt - startsAt
  const perMs = perSecond / 1_000
  const duringRamp = (perMs * rampMs) / 2
  if (i < duringRamp) return startsAt + Math.sqrt((2 * rampMs * i) / perMs)
  return rampedUpAt + (i - duringRamp) / perMs
}

/** When the time has passed, too, the event loop turns once: a tester that catches up must read answers, or it is full of its own. */
async function exactly(time: number, signal: AbortSignal): Promise<void> {
  const wait = time - performance.now() - TIMER_ERROR_MS
  if (wait > 0) await pause(wait, undefined, { signal }).catch(() => undefined)
  await new Promise<void>((resolve) => {
    const turn = () => (performance.now() < time && !signal.aborted ? setImmediate(turn) : resolve())
    setImmediate(turn)
  })
}
