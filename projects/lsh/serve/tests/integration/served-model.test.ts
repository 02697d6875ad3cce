/** The model in process: the recorded answers, the same answer alone and in a batch, hostile texts. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { answerOf, itemsOf, type PredictBody, type Recorded } from '@servery/serving'
import servedModel from '../../src/served-model.ts'

const recorded = JSON.parse(readFileSync(path.join(import.meta.dirname, '../predictions.json'), 'utf8')) as Recorded[]
const definition = servedModel as never

async function outputsOf(items: ReturnType<typeof itemsOf>): Promise<unknown[]> {
  const loaded = await servedModel.load({} as never)
  const results = await servedModel.predict(items as never, loaded, new AbortController().signal)
  return results.map((result) => ('output' in result ? result.output : result.error))
}

const answer = async (request: PredictBody) =>
  answerOf(definition, request, await outputsOf(itemsOf(definition, request))) as { signature: string[] | null }

it.each(recorded.map(({ request, response }, i) => [i, request, response]))(
  'recorded answer %i',
  async (_, request, response) => expect(await answer(request)).toEqual(response),
)

it('answers an item the same alone and among others', async () => {
  const items = recorded.flatMap(({ request }) => itemsOf(definition, request))
  const together = await outputsOf(items)
  for (const [i, item] of items.entries()) expect(await outputsOf([item])).toEqual([together[i]])
})

it.each([
  ['the longest text of one word', 'a'.repeat(200_000)],
  ['the longest text of short words', 'x1 '.repeat(66_666)],
  ['white space', ' \n\t'.repeat(1_000)],
  ['lone surrogates', '\ud800 \udc00 a b c d e'],
  ['nulls', '\0'.repeat(100)],
  ['marks alone', '\u0301'.repeat(100_000)],
  ['the longest text without spaces', '漢字'.repeat(100_000)],
  ['the longest text of segments', 'ภาษาไทย'.repeat(28_000)],
])('answers %s by both algorithms', async (_, content) => {
  for (const algorithm of ['words', 'segments']) {
    const { signature } = await answer({ configuration: { algorithm }, inputs: { content } })
    expect(signature?.length ?? 0).toBe(signature === null ? 0 : 18)
  }
})
