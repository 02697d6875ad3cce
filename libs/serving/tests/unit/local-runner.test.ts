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

const items = (...inputs: string[]) => inputs.map((input) => ({ input, configuration: {}, operation: 'predict' }))
const { signal } = new AbortController()

describe('LocalRunner', () => {
  it('is idle only when loaded, and takes as many batches as it may', async () => {
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const runner = runnerOf(async () => {
      await gate
      return [{ output: 1 }]
    })
    expect([runner.idle, runner.workers]).toEqual([0, 0])
    await runner.start()
    expect(runner.idle).toBe(2)
    const running = [runner.run(items('a'), signal), runner.run(items('b'), signal)]
    expect(runner.idle).toBe(0)
    release()
    await Promise.all(running)
    expect(runner.idle).toBe(2)
  })

  it('runs a batch that throws again item by item, so that a bad item fails alone', async () => {
    const runner = runnerOf(async (batch) => {
      if (batch.some(({ input }) => input === 'bad')) throw new TypeError('about the text')
      return batch.map(() => ({ output: 1 }))
    })
    await runner.start()
    const { results } = await runner.run(items('a', 'bad', 'b'), signal)
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
    expect((await runner.run(items('a'), signal)).results).toEqual([
      { error: { code: 'INFERENCE_FAILED', detail: expect.any(String) } },
    ])
  })
})
