import { Histogram as Peer, Registry } from 'prom-client'
import { Histogram } from '../../src/inference/histogram.ts'

const BOUNDS = [0.001, 0.0025, 1]
const VALUES = [0, 0.001, 0.0011, 0.5, 1, 1.0001, 30]

it('is written as the histogram of prom-client is', async () => {
  const [own, theirs] = [new Registry(), new Registry()]
  const histogram = new Histogram('seconds', 'Some seconds', BOUNDS)
  own.registerMetric(histogram as never)
  const labelNames = ['model', 'model_version']
  const peer = new Peer({ name: 'seconds', help: 'Some seconds', labelNames, buckets: BOUNDS, registers: [theirs] })
  for (const version of ['TOY-1', 'TOY-2']) {
    for (const value of VALUES) {
      histogram.of({ model: 'toy', model_version: version }).observe(value)
      peer.observe({ model: 'toy', model_version: version }, value)
    }
  }
  expect(await own.metrics()).toBe(await theirs.metrics())
})

it('tells of a version that has no values yet', async () => {
  const registry = new Registry()
  const histogram = new Histogram('seconds', 'Some seconds', BOUNDS)
  registry.registerMetric(histogram as never)
  histogram.of({ model: 'toy', model_version: 'TOY-1' })
  expect(await registry.metrics()).toContain('seconds_count{model="toy",model_version="TOY-1"} 0')
})
