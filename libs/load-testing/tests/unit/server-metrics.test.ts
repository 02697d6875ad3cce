import { average, between, quantile, snapshotOf } from '../../src/measurement/server-metrics.ts'
import { serverTimes } from '../../src/report/report.ts'

const histogram = (name: string, counts: readonly number[], sum: number) =>
  [
    `# TYPE servery_${name} histogram`,
    ...['0.01', '0.1', '+Inf'].map((bound, i) => `servery_${name}_bucket{le="${bound}",model="toy"} ${counts[i]}`),
    `servery_${name}_sum{model="toy"} ${sum}`,
    `servery_${name}_count{model="toy"} ${counts[2]}`,
  ].join('\n')
const metrics = (counts: readonly number[], sum: number) =>
  snapshotOf(
    ['queue_duration_seconds', 'inference_duration_seconds', 'batch_items']
      .map((name) => histogram(name, counts, sum))
      .join('\n'),
  )

it('says what happened between two readings', () => {
  const [before, after] = [metrics([10, 10, 10], 0.1), metrics([20, 110, 110], 5.1)]
  const queue = between(before!.queue, after!.queue)
  expect([queue.count, average(queue)]).toEqual([100, 0.05])
  // Ten of a hundred below 10 ms, the others evenly between 10 and 100 ms.
  expect(quantile(queue, 0.1)).toBeCloseTo(0.01)
  expect(quantile(queue, 0.55)).toBeCloseTo(0.055)
  expect(serverTimes(before, after)).toMatchObject({ queue_avg_ms: 50, queue_p99_ms: expect.closeTo(99, 0) })
})

it('says 0 when nothing was computed between them', () => {
  const reading = metrics([10, 10, 10], 0.1)
  const server = serverTimes(reading, reading) as object
  expect(Object.values(server)).toEqual(Object.keys(server).map(() => 0))
})

it('says nothing when a reading failed or is not of such a server', () => {
  expect(serverTimes(undefined, metrics([1, 1, 1], 1))).toBeNull()
  expect(snapshotOf('up 1')).toBeUndefined()
})
