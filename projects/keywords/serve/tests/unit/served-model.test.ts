/** The definition: what every served model must do, what keywords refuses, and what a document costs. */
import { itemsOf } from '@servery/serving'
import { describeServedModel } from '@servery/testkit'
import servedModel from '../../src/served-model.ts'
import { contract } from '../contract.ts'

describeServedModel({ folder: import.meta.dirname, ...contract })

it.each<[string, Record<string, unknown>, string]>([
  ['fewer candidates than keywords', { use_maxsum: true, nr_candidates: 4 }, 'nr_candidates'],
  ['a range that runs down', { keyphrase_ngram_range: [3, 1] }, 'keyphrase_ngram_range'],
  ['an unknown language', { stop_words: 'klingon' }, 'stop_words'],
  ['another number of seed lists', { seed_keywords: [['a'], ['b']] }, 'seed_keywords'],
])('refuses %s', (_, configuration, field) => {
  const violations = [expect.objectContaining({ pointer: `/configuration/${field}` })]
  expect(() => itemsOf(servedModel, { configuration, inputs: [{ document: 'a' }] })).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', violations }),
  )
})

function costOf(length: number, configuration = {}): number {
  const [item] = itemsOf(servedModel, { configuration, inputs: [{ document: 'a'.repeat(length) }] })
  return servedModel.operations.predict.cost!(item as never)
}

it('costs more for wider ranges of n', () => {
  expect(costOf(1_000, { keyphrase_ngram_range: [1, 3] })).toBeGreaterThan(costOf(1_000))
})

it('costs no more than what is read and embedded of the longest document', () => {
  expect(costOf(200_000)).toBeLessThan(6_000)
})
