/** The search for the knee, over servers of known capacity. */
import type { Second } from '../../src/measurement/recorder.ts'
import type { Step } from '../../src/report/results.ts'
import { backlog, highestMet, sweep } from '../../src/sweep.ts'

const step = (rate: number, isMet: boolean): Step => ({
  rate,
  answered_per_second: rate,
  p50_ms: 1,
  p99_ms: 2,
  failures: 0,
  wrong_answers: 0,
  tester_delay_p99_ms: 1,
  unmet: isMet ? [] : ['too slow'],
})

it.each([6, 20, 137, 2_000])('finds a capacity of %i within 7 %', async (capacity) => {
  const best = highestMet(await sweep(async (rate) => step(rate, rate <= capacity)))
  expect(best?.rate).toBeLessThanOrEqual(capacity)
  expect(best?.rate).toBeGreaterThan(capacity * 0.93)
})

it('is not stopped by one bad moment', async () => {
  let calls = 0
  const steps = await sweep(async (rate) => step(rate, ++calls !== 4 && rate <= 100))
  expect(highestMet(steps)?.rate).toBeGreaterThan(93)
})

it('says so when even the lowest rate is too high', async () => {
  const steps = await sweep(async (rate) => step(rate, false))
  expect([steps.length, highestMet(steps)]).toEqual([1, undefined])
})

it('ends for a server that never misses', async () => {
  const steps = await sweep(async (rate) => step(rate, true))
  expect(highestMet(steps)?.rate).toBeLessThanOrEqual(20_000)
})

/** Six seconds of a rate over that of answers: each second, the work of the part above one is left over. */
const secondsAt = (load: number): Second[] =>
  Array.from({ length: 6 }, (_, i) => {
    const latenciesUs = Array.from({ length: 20 }, (_, k) => 30_000 + Math.max(0, load - 1) * (i + k / 20) * 1_000_000)
    return { total: 20, failures: 0, latenciesUs }
  })

it.each([0.5, 1, 1.04])('takes %s of the capacity for a rate that can be held', (load) => {
  expect(backlog(secondsAt(load))).toBeUndefined()
})

it.each([1.06, 1.1, 2])('knows %s of the capacity by a latency that grows', (load) => {
  expect(backlog(secondsAt(load))).toContain(`every second adds ${Math.round((load - 1) * 1_000)} ms`)
})

it('says nothing of a run of one second', () => {
  expect(backlog(secondsAt(2).slice(0, 1))).toBeUndefined()
})
