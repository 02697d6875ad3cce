/** One load run: starts the groups of users, waits for them, and says what was measured. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { randomFrom } from './corpus.ts'
import { drawFrom, type Sources } from './exchange.ts'
import { closedLoop } from './loops/closed-loop.ts'
import type { Loop, LoopContext } from './loops/loop.ts'
import { prepareOpenLoop } from './loops/open-loop.ts'
import { thinkingUsers } from './loops/thinking-users.ts'
import type { UserGroup } from './plan.ts'
import { Recorder } from './recorder.ts'
import { type ServerSecond, type Snapshot, scrape, watch } from './server-metrics.ts'

/** Above the request timeout of the server, whose own refusal is an answer. */
const REQUEST_TIMEOUT_MS = 30_000
/** The monitor of the event loop records the time between two of its ticks: so much of it is no delay. */
const LOOP_RESOLUTION_MS = 5

export interface RunOptions {
  /** `http://host:port` */
  readonly url: string
  readonly sources: Sources
  readonly users: readonly UserGroup[]
  readonly rampUpSeconds: number
  readonly warmUpSeconds: number
  readonly seconds: number
  readonly seed: number
  /** Aborts the run; what was measured so far is kept. */
  readonly signal: AbortSignal
  readonly timeoutMs?: number
  /** Called once a second while it counts. */
  readonly progress?: (recorder: Recorder, elapsedSeconds: number) => void
}

export interface LoadRun {
  readonly recorder: Recorder
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly endedAt: number
  /** That counted. */
  readonly seconds: number
  readonly interrupted: boolean
  readonly testerDelayP99Ms: number
  readonly server: { readonly before: Snapshot | undefined; readonly after: Snapshot | undefined }
  readonly serverSeconds: readonly ServerSecond[]
}

export async function runLoad(options: RunOptions): Promise<LoadRun> {
  const { users, rampUpSeconds, warmUpSeconds, seconds, signal } = options
  // All draws first: a group that cannot be refuses the run before another sends.
  const draws = users.map(({ mix }, index) => drawFrom(options.sources, mix, options.seed + index))
  const loops = await Promise.all(users.map((group) => prepare(group, signal)))
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
  const startsAt = performance.now()
  const rampedUpAt = startsAt + rampUpSeconds * 1_000
  const beginMs = rampedUpAt + warmUpSeconds * 1_000
  const recorder = new Recorder(beginMs)
  const times = { startsAt, rampedUpAt, endsAt: beginMs + seconds * 1_000 }
  const contextOf = (draw: LoopContext['draw'], index: number): LoopContext => ({
    url: options.url,
    timeoutMs: options.timeoutMs ?? REQUEST_TIMEOUT_MS,
    signal,
    ...times,
    draw,
    random: randomFrom(options.seed + index),
    record: (...[exchange, intendedAt, latencyMs, failure]) =>
      recorder.record(exchange, intendedAt, latencyMs, failure, index),
  })
  const done = Promise.all(draws.map((draw, index) => (loops[index] as Loop)(contextOf(draw, index))))
  // Raced, so that a loop which fails while others warm up ends the run.
  await Promise.race([done, pause(beginMs - performance.now(), undefined, { signal }).catch(() => undefined)])
  delay.enable()
  const startedAt = Date.now()
  const before = await scrape(options.url)
  const over = new AbortController()
  const watching = watch(options.url, over.signal)
  const ticker = setInterval(() => options.progress?.(recorder, (performance.now() - beginMs) / 1_000), 1_000)
  await done
  clearInterval(ticker)
  over.abort()
  const counted = Math.min(seconds, Math.max(0.001, (performance.now() - beginMs) / 1_000))
  delay.disable()
  return {
    recorder,
    startedAt,
    endedAt: Date.now(),
    seconds: counted,
    interrupted: signal.aborted,
    testerDelayP99Ms: Math.max(0, delay.percentile(99) / 1e6 - LOOP_RESOLUTION_MS),
    server: { before, after: await scrape(options.url) },
    serverSeconds: await watching,
  }
}

/** What takes time before the first request. */
async function prepare(group: UserGroup, signal: AbortSignal): Promise<Loop> {
  switch (group.loop) {
    case 'closed':
      return (context) => closedLoop(group, context)
    case 'open':
      return prepareOpenLoop(group, signal)
    case 'users':
      return (context) => thinkingUsers(group, context)
  }
}
