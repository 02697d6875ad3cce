/** The model in process: what every served model must do, and what the words of a text are. */
import { describeServedModel } from '@servery/testkit'
import servedModel from '../../src/served-model.ts'

describeServedModel({ folder: import.meta.dirname, servedModel }, ({ model }) => {
  it.each([
    ['each of the longest words once', 'Water meets water.', { words: 3, longest: ['Water', 'meets', 'water'] }],
    ['words that are joined', "It's a well-known tower", { words: 5, longest: ['known', 'tower', "It's"] }],
    ['no words', '?! …', { words: 0, longest: [] }],
  ])('finds %s', async (_, content, expected) => {
    expect(await model().answer({ inputs: [{ content }] })).toEqual([expected])
  })
})
