/** The one call, over a runner that the test controls: results for each input, checks in order, one record for each call. */
import type { Logger } from '@servery/core'
import { ServeryError } from '@servery/core'
import { Type } from '@servery/schema'
import type { InferCall, Transport, TransportEnd } from '../../src/inference/call.ts'
import { Inference } from '../../src/inference/inference.ts'
import { Metrics } from '../../src/inference/metrics.ts'
import { defineModel } from '../../src/model/model.ts'
import { ModelRepository } from '../../src/repository/repository.ts'
import type { Batch } from '../../src/workers/runner.ts'
import { FakeRunner, storeOf } from '../fixtures/fake-models.ts'

const definition = defineModel({
  module: 'unused',
  input: Type.Object({ content: Type.String() }),
  configuration: Type.Object({}),
  output: Type.Integer(),
  example: { inputs: [{ content: 'a' }] },
  load: async () => undefined,
  predict: async () => [],
  validate({ input: { content } }) {
    if (content === 'bad') throw new ServeryError('INVALID_INPUT', 'bad')
  },
})
const limits = { maxItems: 4, maxCharacters: 8, requestTimeoutMs: 5_000 }

class LengthRunner extends FakeRunner {
  ran = 0

  async run({ items }: Batch) {
    this.ran += items.length
    const lengths = items.map(({ input }) => (input as { content: string }).content.length)
    return { results: lengths.map((output) => ({ output, usage: { tokens: output } })), inferenceMs: 1 }
  }
}

/** A transport that the test closes. */
function fakeTransport() {
  const listeners: ((end: TransportEnd) => void)[] = []
  let ended: TransportEnd | undefined
  const transport: Transport = {
    requestId: 'r1',
    fields: { route: '/toy' },
    onClose: (listener) => (ended ? listener(ended) : void listeners.push(listener)),
  }
  const close = (complete: boolean, status: number) => {
    ended = { complete, status, code: complete ? undefined : 'REQUEST_TIMEOUT', totalMs: 2 }
    for (const listener of listeners) listener(ended)
  }
  return { transport, close }
}

async function setUp() {
  const [runner, metrics] = [new LengthRunner(), new Metrics()]
  const lines: Record<string, unknown>[] = []
  const logger = { info: (line: Record<string, unknown>) => 'reqId' in line && lines.push(line) } as unknown as Logger
  const repository = new ModelRepository({
    store: storeOf(() => definition as never),
    createRunner: () => runner,
    limits: { maxItems: 100, maxCost: 100 },
    observerOf: (instance) => metrics.observerOf(instance),
    observer: metrics,
    selfTest: 'off',
    logger,
    memoryLimit: 1,
  })
  await repository.load('toy', 'TOY-1')
  const inference = new Inference({ repository, metrics, logger, limits, isControlled: false })
  const infer = (contents: readonly string[], more: Partial<InferCall> = {}) =>
    inference.infer({
      model: 'toy',
      protocol: 'fake',
      operation: 'predict',
      inputs: contents.map((content) => ({ content })),
      ...more,
    })
  return { runner, metrics, lines, repository, infer }
}

let toy: Awaited<ReturnType<typeof setUp>>
beforeEach(async () => {
  toy = await setUp()
})
afterEach(() => toy.metrics.close())

it('answers each input with its output or with its own error, in order', async () => {
  const { results } = await toy.infer(['a', 'bad', 'much too long', 'abc'])
  expect(results).toEqual([
    { output: 1, usage: { tokens: 1 } },
    { error: { code: 'INVALID_INPUT', detail: 'bad' } },
    { error: { code: 'INPUT_TOO_LARGE', detail: expect.stringContaining('at most 8') } },
    { output: 3, usage: { tokens: 3 } },
  ])
  expect(toy.runner.ran).toBe(2)
})

it('ends a call that is to fail fast with the first error, and runs nothing', async () => {
  await expect(toy.infer(['a', 'bad'], { failFast: true })).rejects.toMatchObject({ message: 'bad' })
  expect(toy.runner.ran).toBe(0)
})

it('refuses a call without a valid input too while the version takes no work', async () => {
  toy.runner.workers = 0
  await expect(toy.infer(['bad'])).rejects.toMatchObject({ code: 'MODEL_NOT_READY' })
  toy.runner.workers = 1
  expect((await toy.infer(['bad'])).results).toHaveLength(1)
})

it('asks for the deadline before it reads the inputs, and counts what it refuses', async () => {
  const deadlineMs = () => {
    throw new ServeryError('INVALID_INPUT', 'not a deadline')
  }
  await expect(toy.infer(['bad'], { failFast: true, deadlineMs })).rejects.toThrow('not a deadline')
  await expect(toy.infer(['bad'], { failFast: true })).rejects.toThrow('bad')
  expect(await toy.metrics.registry.metrics()).toMatch(/servery_requests_total{[^}]*code="INVALID_INPUT"} 2/)
})

it('records a call with its protocol when the answer has been handed over', async () => {
  const { transport, close } = fakeTransport()
  await toy.infer(['a', 'bad', 'abc'], { transport })
  expect(toy.lines).toEqual([])
  close(true, 200)
  const line = { reqId: 'r1', route: '/toy', status: 200, protocol: 'fake', model: 'toy', version: 'TOY-1' }
  expect(toy.lines).toEqual([expect.objectContaining({ ...line, items: 3, failedItems: 1, tokens: 4 })])
  expect(await toy.metrics.registry.metrics()).toContain('protocol="fake",role="default",status="200",code="OK"} 1')
})

it('drops the work of a caller that has disconnected before the call began, and records it', async () => {
  const { transport, close } = fakeTransport()
  close(false, 408)
  await expect(toy.infer(['a'], { transport })).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' })
  expect(toy.runner.ran).toBe(0)
  expect(toy.lines).toEqual([expect.objectContaining({ status: 408, code: 'REQUEST_TIMEOUT', items: 0 })])
})

it('records a call that is refused before a version is chosen, without names that there are not', async () => {
  for (const more of [{ model: 'none' }, { version: 'NONE' }])
    await expect(toy.infer(['a'], more)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
  expect(toy.lines.map(({ code, model, version, role }) => [code, model, version, role])).toEqual([
    ['MODEL_NOT_FOUND', undefined, undefined, 'default'],
    ['MODEL_NOT_FOUND', 'toy', undefined, 'named'],
  ])
  expect(await toy.metrics.registry.metrics()).toContain(
    'servery_requests_total{model="",model_version="",protocol="fake",role="default",status="",code="MODEL_NOT_FOUND"} 1',
  )
})
