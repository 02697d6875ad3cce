/** The model in process: what every served model must do, by both algorithms. */
import { describeServedModel } from '@servery/testkit'
import servedModel from '../../src/served-model.ts'

describeServedModel(
  {
    folder: import.meta.dirname,
    servedModel,
    configurations: [{ algorithm: 'words' }, { algorithm: 'segments' }],
    checkOutput: ({ signature }: { signature: string[] | null }) => expect(signature?.length ?? 18).toBe(18),
  },
  ({ model }) => {
    it.each([
      ['the longest text of one word', 'a'.repeat(200_000)],
      ['white space', ' \n\t'.repeat(1_000)],
      ['marks alone', '\u0301'.repeat(100_000)],
      ['the longest text of segments', 'ภาษาไทย'.repeat(28_000)],
    ])('answers %s by both algorithms', async (_, content) => {
      for (const algorithm of ['words', 'segments'])
        await model().answer({ configuration: { algorithm }, inputs: [{ content }] })
    })
  },
)
