import { itemsOf } from '@servery/serving'
import { describeServedModel } from '@servery/testkit'
import { Value } from 'typebox/value'
import servedModel from '../../src/served-model.ts'
import { createParameters } from '../../src/signing/parameters.ts'

describeServedModel({ folder: import.meta.dirname, servedModel })

it('has the defaults of the reference', () => {
  expect(Value.Default(servedModel.operations.predict.configuration, {})).toEqual({
    language: 'en',
    shingle_list: 5,
    threshold: 0.6,
    num_perm: 128,
    algorithm: 'words',
  })
})

it('refuses a language without stop words of its own, and takes null', () => {
  const ask = (language: string | null) =>
    itemsOf(servedModel, { configuration: { language }, inputs: [{ content: 'a' }] })
  expect(() => ask('xx')).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_LANGUAGE' }))
  expect(() => ask('constructor')).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_LANGUAGE' }))
  expect(ask(null)).toHaveLength(1)
})

it('never compares signatures of another algorithm', () => {
  const inputs = [[{ content: 'a' }, { signature: null, signature_algorithm: 'minhash-words/1' }]]
  const ask = (algorithm: string) =>
    itemsOf(servedModel, { operation: 'compare', configuration: { algorithm }, inputs })
  expect(ask('words')).toHaveLength(1)
  expect(() => ask('segments')).toThrow(
    expect.objectContaining({
      code: 'INVALID_INPUT',
      violations: [expect.objectContaining({ pointer: '/inputs/0/1/signature_algorithm' })],
    }),
  )
})

it('estimates more work for longer texts, more permutations and more texts, and little enough for the queue', () => {
  const cost = (length: number, num_perm: number, count = 1) => {
    const text = { content: 'a'.repeat(length) }
    const operation = count === 1 ? 'predict' : 'compare'
    const inputs = count === 1 ? [text] : [Array(count).fill(text)]
    const [item] = itemsOf(servedModel, { operation, configuration: { num_perm }, inputs })
    return servedModel.operations[operation]?.cost?.(item as never) as number
  }
  expect(cost(1_000, 256)).toBeGreaterThan(cost(1_000, 128))
  expect(cost(1_000, 128, 3)).toBe(3 * cost(1_000, 128))
  expect(cost(200_000, 1_024)).toBeLessThan(262_144)
})

it('computes the parameters of a threshold and a number of permutations once', () => {
  const parametersOf = createParameters()
  expect(parametersOf(0.5, 16)).toBe(parametersOf(0.5, 16))
  expect(parametersOf(0.6, 16)).not.toBe(parametersOf(0.5, 16))
})
