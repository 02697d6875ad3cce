/** One load run: starts a load generator for each group of users, waits for all of them, and returns the measurements. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import type { GeneratorContext } from './generators/load-generator.ts'
import { prepareGenerator } from './generators/prepare-generator.ts'
import { judge } from './measurement/judge.ts'
import type { LoadRun } from './measurement/load-run.ts'
import { Recorder } from './measurement/recorder.ts'
import { scrape, watch } from './measurement/server-metrics.ts'
import type { Exchange } from './workload/exchange.ts'
import { randomFrom } from './workload/random.ts'
import type { UserGroup } from './workload/user-groups.ts'
import { sampleWorkload, type Workload } from './workload/workload.ts'

/** Above the request timeout of the server, whose error is an answer too. */
const REQUEST_TIMEOUT_MS = 30_000
/** The event-loop monitor records the time between two of its ticks; this much of it is not a delay. */
const LOOP_RESOLUTION_MS = 5

export interface RunOptions {
  /** `http://host:port` */
  readonly url: string
  readonly workload: Workload
  readonly users: readonly UserGroup[]
  readonly rampUpSeconds: number
  readonly warmUpSeconds: number
  readonly seconds: number
  readonly seed: number
  /** Aborts the run; measurements so far are kept. */
  readonly signal: AbortSignal
  readonly timeoutMs?: number
  /** Called once per second while requests are measured. */
  readonly progress?: (recorder: Recorder, elapsedSeconds: number) => void
}

export async function runLoad(options: RunOptions): Promise<LoadRun> {
  const { users, rampUpSeconds, warmUpSeconds, seconds, seed, signal } = options
  // First of all, so that a group with nothing to send fails the run before any request is sent.
  const samples = users.map(({ mix }, index) => sampleWorkload(options.workload, mix, seed + index))
  const generators = await Promise.all(users.map((group) => prepareGenerator(group, signal)))
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
  const startsAt = performance.now()
  const rampedUpAt = startsAt + rampUpSeconds * 1_000
  const beginMs = rampedUpAt + warmUpSeconds * 1_000
  const recorder = new Recorder(beginMs)
  const contextOf = (index: number): GeneratorContext => ({
    url: options.url,
    timeoutMs: options.timeoutMs ?? REQUEST_TIMEOUT_MS,
    signal,
    startsAt,
    rampedUpAt,
    endsAt: beginMs + seconds * 1_000,
    nextExchange: samples[index] as () => Exchange,
    random: randomFrom(seed + index),
    record: (exchange, intendedAt, latencyMs, outcome) =>
      recorder.record(exchange, intendedAt, latencyMs, judge(exchange, outcome), index),
  })
  const done = Promise.all(generators.map((generate, index) => generate(contextOf(index))))
  // A race, so that a generator that fails during the warm-up ends the run.
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
    generatorDelayP99Ms: Math.max(0, delay.percentile(99) / 1e6 - LOOP_RESOLUTION_MS),
    server: { before, after: await scrape(options.url) },
    serverSeconds: await watching,
  }
}
