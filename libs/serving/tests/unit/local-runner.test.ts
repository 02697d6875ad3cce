import { Type } from '@servery/schema'
import { defineModel, type ModelInstance } from '../../src/model/model.ts'
import { LocalRunner } from '../../src/workers/local-runner.ts'

const settings = (predict: (items: readonly { input: string }[]) => Promise<never>) =>
  defineModel({
    module: 'unused',
    runner: 'async',
    input: Type.String(),
    configuration: Type.Object({}),
    output: Type.Number(),
    example: { inputs: ['a'] },
    load: async () => 'loaded',
    predict: predict as never,
  })

function runnerOf(predict: (items: readonly { input: string }[]) => Promise<unknown>, concurrency = 2): LocalRunner {
  const instance: ModelInstance = {
    definition: settings(predict as never) as never,
    name: 'n',
    version: 'N-1',
    directory: '',
    card: {},
    settings: { device: 'cpu' },
  }
  return new LocalRunner(instance, { concurrency, remote: true })
}

const batch = (...inputs: string[]) => ({
  items: inputs.map((input) => ({ input, configuration: {}, operation: 'predict' })),
  cost: inputs.length,
  isRetry: false,
})
const { signal } = new AbortController()

describe('LocalRunner', () => {
  it('asks for batches only when loaded, and for as many at once as it may', async () => {
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const runner = runnerOf(async () => {
      await gate
      return [{ output: 1 }]
    })
    const waiting = ['a', 'b', 'c']
    const running: Promise<unknown>[] = []
    runner.source = {
      get waitingCost() {
        return waiting.length
      },
      nextIsRetry: false,
      maxBatchCost: 1,
      startBatch: () => void running.push(runner.run(batch(waiting.shift() as string), signal)),
    }
    runner.workArrived()
    expect([running.length, runner.workers]).toEqual([0, 0])
    await runner.start()
    runner.workArrived()
    expect(waiting).toEqual(['c'])
    release()
    await Promise.all(running)
    expect([waiting, running.length]).toEqual([[], 3])
  })

  it('runs a batch that throws again item by item, so that a bad item fails alone', async () => {
    const runner = runnerOf(async (items) => {
      if (items.some(({ input }) => input === 'bad')) throw new TypeError('about the text')
      return items.map(() => ({ output: 1 }))
    })
    await runner.start()
    const { results } = await runner.run(batch('a', 'bad', 'b'), signal)
    expect(results).toEqual([
      { output: 1 },
      { error: { code: 'INFERENCE_FAILED', detail: 'The model failed on this item (TypeError).' } },
      { output: 1 },
    ])
  })

  it.each([
    ['NaN', [{ output: Number.NaN }]],
    ['a wrong type', [{ output: 'text' }]],
    ['a result too few', []],
  ])('answers INFERENCE_FAILED for %s', async (_, answer) => {
    const runner = runnerOf(async () => answer)
    await runner.start()
    expect((await runner.run(batch('a'), signal)).results).toEqual([
      { error: { code: 'INFERENCE_FAILED', detail: expect.any(String) } },
    ])
  })
})
