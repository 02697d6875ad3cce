/** The path of a request over a runner that the test controls. */
import { ServeryError } from '@servery/core'
import { Type } from '@servery/schema'
import { Engine } from '../../src/engine/engine.ts'
import type { Answer } from '../../src/engine/pending-request.ts'
import { defineModel, type Item, type ItemResult, type ModelInstance } from '../../src/model/model.ts'
import { type Batch, type BatchResult, NO_WORK, type Runner } from '../../src/workers/runner.ts'

const definition = defineModel({
  module: 'unused',
  input: Type.String(),
  configuration: Type.Object({}),
  output: Type.String(),
  example: { inputs: ['a'] },
  cost: ({ input }) => input.length,
  maxBatchCost: 10,
  load: async () => undefined,
  predict: async () => [],
})
const instance: ModelInstance = {
  definition: definition as never,
  name: 'fake',
  version: 'FAKE-1',
  directory: '',
  card: {},
  settings: { device: 'cpu' },
}
const item = (input: string): Item => ({ input, configuration: {}, operation: 'predict' })
const options = () => ({ deadlineMs: 5_000, failFast: true })
const outputsOf = ({ results }: Answer) =>
  results.map((result) => ('output' in result ? result.output : result.error.code))

class FakeRunner implements Runner {
  onChange = (): void => {}
  onRestart = (): void => {}
  readonly capabilities = {
    batches: true,
    cancels: false,
    concurrency: 1,
    isolation: 'process',
    remote: false,
  } as const
  readonly batches: { items: readonly Item[]; answer(results?: ItemResult[]): void; fail(error: unknown): void }[] = []
  readonly memoryBytes = 0
  source = NO_WORK
  idle = 1
  workers = 1
  failure: ServeryError | undefined
  stopped = false

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.stopped = true
  }

  workArrived(): void {
    while (this.idle > 0 && this.source.waitingCost > 0) this.source.startBatch()
  }

  run({ items }: Batch): Promise<BatchResult> {
    this.idle -= 1
    return new Promise<BatchResult>((resolve, reject) => {
      const answer = (results = items.map(({ input }) => ({ output: `${input}!` }))) =>
        resolve({ results, inferenceMs: 1 })
      this.batches.push({ items, answer, fail: reject })
    }).finally(() => {
      this.idle += 1
      this.onChange()
    })
  }
}

function setUp() {
  const runner = new FakeRunner()
  const counts = { dropped: 0, refused: [] as string[] }
  const observer = {
    refused: (reason: string) => void counts.refused.push(reason),
    dropped: (items: number) => {
      counts.dropped += items
    },
    batch() {},
    queued() {},
    workerRestarted() {},
  }
  return { runner, counts, engine: new Engine(instance, runner, { limits: { maxItems: 8, maxCost: 1_000 }, observer }) }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('Engine', () => {
  it('gives a lone request to an idle worker at once and answers in order', async () => {
    const { engine, runner } = setUp()
    const answer = engine.infer([item('a'), item('bb')], options())
    expect(runner.batches).toHaveLength(1)
    runner.batches[0]!.answer()
    expect(outputsOf(await answer)).toHaveLength(2)
  })

  it('forms the next batch from what came while the worker was busy, across requests', async () => {
    const { engine, runner } = setUp()
    const answers = ['a', 'b', 'c'].map((text) => engine.infer([item(text)], options()))
    expect(runner.batches.map(({ items }) => items.length)).toEqual([1])
    runner.batches[0]!.answer()
    await settled()
    expect(runner.batches.map(({ items }) => items.length)).toEqual([1, 2])
    runner.batches[1]!.answer()
    expect((await Promise.all(answers)).map(outputsOf)).toEqual([['a!'], ['b!'], ['c!']])
  })

  it('fails the request of a failed item and no other of its batch', async () => {
    const { engine, runner } = setUp()
    const first = engine.infer([item('x')], options())
    const bad = engine.infer([item('a'), item('b')], options())
    const failure = expect(bad).rejects.toMatchObject({ code: 'ITEM_REJECTED', item: 1 })
    const good = engine.infer([item('c')], options())
    runner.batches[0]!.answer()
    await first
    const { items, answer } = runner.batches[1]!
    answer(
      items.map(({ input }) =>
        input === 'b' ? { error: { code: 'ITEM_REJECTED', detail: 'no' } } : { output: `${input}!` },
      ),
    )
    await failure
    expect(outputsOf(await good)).toEqual(['c!'])
  })

  it('answers the other items of a request that takes errors per item', async () => {
    const { engine, runner } = setUp()
    const answer = engine.infer([item('a'), item('b')], { deadlineMs: 5_000 })
    runner.batches[0]!.answer([{ error: { code: 'ITEM_REJECTED', detail: 'no' } }, { output: 'b!' }])
    expect((await answer).results).toEqual([{ error: { code: 'ITEM_REJECTED', detail: 'no' } }, { output: 'b!' }])
  })

  it('drops queued items whose caller disconnected and counts them', async () => {
    const { engine, runner, counts } = setUp()
    const first = engine.infer([item('a')], options())
    let leave = (): void => {}
    const onDisconnect = (call: () => void): void => {
      leave = call
    }
    const left = expect(engine.infer([item('b'), item('c')], { ...options(), onDisconnect })).rejects.toMatchObject({
      code: 'REQUEST_TIMEOUT',
    })
    leave()
    await left
    runner.batches[0]!.answer()
    await first
    await settled()
    expect([counts.dropped, runner.batches.length, engine.queuedItems]).toEqual([2, 1, 0])
  })

  it('answers DEADLINE_EXCEEDED when the time is over and never runs what was queued', async () => {
    const { engine, runner, counts } = setUp()
    const first = engine.infer([item('a')], options())
    await expect(engine.infer([item('b')], { ...options(), deadlineMs: 5 })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    })
    runner.batches[0]!.answer()
    await first
    expect([counts.dropped, runner.batches.length]).toEqual([1, 1])
  })

  it('runs the items of a dead worker once more, each alone', async () => {
    const { engine, runner } = setUp()
    const answers = ['a', 'b'].map((text) => engine.infer([item(text), item(`${text}2`)], options()))
    runner.batches[0]!.fail(new ServeryError('WORKER_LOST', 'gone'))
    for (let batch = 1; batch < 4; batch++) {
      await settled()
      runner.batches[batch]!.answer()
    }
    expect((await Promise.all(answers)).map(outputsOf)).toEqual([
      ['a!', 'a2!'],
      ['b!', 'b2!'],
    ])
    expect(runner.batches.map(({ items }) => items.map(({ input }) => input))).toEqual([
      ['a', 'a2'],
      ['b', 'b2'],
      ['a'],
      ['a2'],
    ])
  })

  it('refuses the item that ends a second worker and answers its neighbours', async () => {
    const { engine, runner } = setUp()
    const busy = engine.infer([item('z')], options())
    const good = engine.infer([item('a')], options())
    const poison = expect(engine.infer([item('b'), item('X')], options())).rejects.toMatchObject({
      code: 'ITEM_REJECTED',
      item: 1,
      message: expect.stringContaining('Two worker processes ended'),
    })
    runner.batches[0]!.answer()
    for (let batch = 1; batch < 5; batch++) {
      await settled()
      const { items, answer, fail } = runner.batches[batch]!
      if (items.some(({ input }) => input === 'X')) fail(new ServeryError('WORKER_LOST', 'gone'))
      else answer()
    }
    await poison
    expect(outputsOf(await good)).toEqual(['a!'])
    await busy
    expect([runner.batches.length, engine.queuedItems]).toEqual([5, 0])
  })

  it('fails what waits with the reason when no worker can be brought up, and takes new work when one can', async () => {
    const { engine, runner } = setUp()
    const first = expect(engine.infer([item('a')], options())).rejects.toMatchObject({
      code: 'WORKER_LOST',
      message: expect.stringContaining('no other worker can take over: the artifact is gone'),
    })
    const waiting = expect(engine.infer([item('w')], options())).rejects.toMatchObject({ code: 'MODEL_NOT_READY' })
    runner.workers = 0
    runner.idle = -1
    runner.failure = new ServeryError('MODEL_LOAD_FAILED', 'the artifact is gone')
    runner.batches[0]!.fail(new ServeryError('WORKER_LOST', 'gone'))
    await Promise.all([first, waiting])
    await expect(engine.infer([item('b')], options())).rejects.toMatchObject({ message: 'the artifact is gone' })
    runner.failure = undefined
    runner.workers = 1
    runner.idle = 1
    const answer = engine.infer([item('c')], options())
    runner.batches[1]!.answer()
    expect(outputsOf(await answer)).toEqual(['c!'])
  })

  it('gives a permit back whatever happened', async () => {
    const { engine, runner } = setUp()
    for (let round = 0; round < 20; round++) {
      const lost = expect(engine.infer([item('a'), item('b')], options())).rejects.toMatchObject({
        code: 'DEADLINE_EXCEEDED',
      })
      runner.batches.at(-1)!.fail(new ServeryError('DEADLINE_EXCEEDED', 'stalled'))
      await lost
    }
    const whole = engine.infer(
      Array.from({ length: 8 }, () => item('a')),
      options(),
    )
    await settled()
    for (let i = 20; i < runner.batches.length; i++) {
      runner.batches[i]!.answer()
      await settled()
    }
    expect(outputsOf(await whole)).toHaveLength(8)
  })

  it('refuses while no worker lives, and while draining, and drains what it accepted', async () => {
    const { engine, runner, counts } = setUp()
    runner.workers = 0
    await expect(engine.infer([item('a')], options())).rejects.toMatchObject({ code: 'MODEL_NOT_READY' })
    runner.workers = 1
    const accepted = engine.infer([item('a')], options())
    const drained = engine.shutdown()
    await expect(engine.infer([item('b')], options())).rejects.toMatchObject({ code: 'SHUTTING_DOWN' })
    expect(runner.stopped).toBe(false)
    runner.batches[0]!.answer()
    expect(outputsOf(await accepted)).toEqual(['a!'])
    await drained
    expect([runner.stopped, counts.refused]).toEqual([true, ['not_ready', 'shutting_down']])
  })
})
