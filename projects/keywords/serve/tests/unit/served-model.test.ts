/** The definition: what every served model must do, and what a document costs. */
import { itemsOf } from '@servery/serving'
import { describeServedModel } from '@servery/testkit'
import servedModel from '../../src/served-model.ts'
import { contract } from '../contract.ts'

describeServedModel({ folder: import.meta.dirname, ...contract })

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
