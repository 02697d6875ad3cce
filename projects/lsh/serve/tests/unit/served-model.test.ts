import { itemsOf } from '@servery/serving'
import { Value } from 'typebox/value'
import servedModel from '../../src/served-model.ts'
import { createParameters } from '../../src/signing/parameters.ts'

const definition = servedModel as never

it('its defaults are those of the reference, and every field is described', () => {
  const { configuration } = servedModel
  expect(Value.Default(configuration, {})).toEqual({
    language: 'en',
    shingle_list: 5,
    threshold: 0.6,
    num_perm: 128,
    algorithm: 'words',
  })
  for (const field of Object.values(configuration.properties)) expect(field).toHaveProperty('description')
})

it('refuses a language without stop words of its own, and takes null', () => {
  const ask = (language: string | null) =>
    itemsOf(definition, { configuration: { language }, inputs: { content: 'a' } })
  expect(() => ask('xx')).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_LANGUAGE' }))
  expect(() => ask('constructor')).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_LANGUAGE' }))
  expect(ask(null)).toHaveLength(1)
})

it('never compares signatures of another algorithm', () => {
  const stored = { signature: null, signature_algorithm: 'minhash-words/1' }
  const ask = (algorithm: string) =>
    itemsOf(definition, { configuration: { algorithm }, inputs: [{ content: 'a' }, stored] }, 'compare')
  expect(ask('words')).toHaveLength(1)
  expect(() => ask('segments')).toThrow(
    expect.objectContaining({
      code: 'INVALID_INPUT',
      violations: [expect.objectContaining({ pointer: '/inputs/1/signature_algorithm' })],
    }),
  )
})

it('estimates more work for longer texts, more permutations and more texts, and little enough for the queue', () => {
  const cost = (length: number, num_perm: number, count = 1) => {
    const content = 'a'.repeat(length)
    const body = { configuration: { num_perm }, inputs: count === 1 ? { content } : Array(count).fill({ content }) }
    const [item] = itemsOf(definition, body, count === 1 ? undefined : 'compare')
    const operation = count === 1 ? servedModel : servedModel.operations?.compare
    return operation?.cost?.(item as never) as number
  }
  expect(cost(1_000, 128)).toBeGreaterThan(cost(100, 128))
  expect(cost(1_000, 256)).toBeGreaterThan(cost(1_000, 128))
  expect(cost(1_000, 128, 3)).toBe(3 * cost(1_000, 128))
  expect(cost(200_000, 1_024)).toBeLessThan(262_144)
})

it('computes the parameters of a threshold and a number of permutations once', () => {
  const parametersOf = createParameters()
  expect(parametersOf(0.5, 16)).toBe(parametersOf(0.5, 16))
  expect(parametersOf(0.6, 16)).not.toBe(parametersOf(0.5, 16))
})
