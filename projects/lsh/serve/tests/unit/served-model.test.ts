import { Value } from '@servery/schema'
import { describeServedModel } from '@servery/testkit'
import servedModel from '../../src/served-model.ts'
import { createParameters } from '../../src/signing/parameters.ts'

describeServedModel({ folder: import.meta.dirname, servedModel, languageSettings: ['language'] })

it('has the defaults of the reference', () => {
  const defaults = { language: 'en', shingle_list: 5, threshold: 0.6, num_perm: 128, algorithm: 'words' }
  expect(Value.Default(servedModel.operations.predict.configuration, {})).toEqual(defaults)
})

it('names the 53 languages of the reference, and its algorithms with their versions', () => {
  const languages =
    'af ar bg bn ca cs cy da de el en es et fa fi fr gu he hi hr hu id it ja kn ko lt lv mk ml mr ne nl no pa pl pt ro ru sk sl so sq sv sw ta te th tr uk ur vi zh'
  expect(servedModel.bio).toEqual({
    languages: expect.arrayContaining(languages.split(' ')),
    signature_algorithm: 'minhash-words/1',
    signature_algorithms: { words: 'minhash-words/1', segments: expect.stringMatching(/^minhash-segments\/1-icu\d+$/) },
  })
})

it('estimates more work for more permutations and more texts, and little enough for the queue', () => {
  const { predict, compare } = servedModel.operations
  const item = (input: unknown, num_perm = 128) => ({ input, configuration: { num_perm } }) as never
  const text = { content: 'a'.repeat(1_000) }
  const one = predict.cost?.(item(text)) as number
  expect(predict.cost?.(item(text, 256))).toBeGreaterThan(one)
  expect(compare?.cost?.(item([text, text, text]))).toBe(3 * one)
  expect(predict.cost?.(item({ content: 'a'.repeat(200_000) }, 1_024))).toBeLessThan(262_144)
})

it('computes the parameters of a threshold and a number of permutations once', () => {
  const parametersOf = createParameters()
  expect(parametersOf(0.5, 16)).toBe(parametersOf(0.5, 16))
  expect(parametersOf(0.6, 16)).not.toBe(parametersOf(0.5, 16))
})
