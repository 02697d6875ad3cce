/** The model in process: the recorded answers, and the same answer alone and in a batch. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { firstDifference } from '@servery/model-version'
import { answerOf, itemsOf, type Recorded } from '@servery/serving'
import servedModel from '../../src/served-model.ts'

const recorded = JSON.parse(readFileSync(path.join(import.meta.dirname, '../predictions.json'), 'utf8')) as Recorded[]

async function outputsOf(items: ReturnType<typeof itemsOf>): Promise<unknown[]> {
  const loaded = await servedModel.load({ settings: { SERVERY_SUMMARIZATION_UPSTREAM: '' } } as never)
  const results = await servedModel.predict(items as never, loaded, new AbortController().signal)
  return results.map((result) => ('output' in result ? result.output : result.error))
}

it.each(recorded.map(({ request, response }, i) => [i, request, response]))(
  'recorded answer %i',
  async (_, request, response) => {
    const outputs = await outputsOf(itemsOf(servedModel as never, request))
    expect(firstDifference(answerOf(servedModel as never, request, outputs), response)).toBeUndefined()
  },
)

it('answers an item the same alone and among others', async () => {
  const items = recorded.flatMap(({ request }) => itemsOf(servedModel as never, request))
  const together = await outputsOf(items)
  for (const [i, item] of items.entries()) expect(await outputsOf([item])).toEqual([together[i]])
})

it.each([
  ['the longest text of short sentences', 'a. '.repeat(66_000)],
  ['the longest text of one sentence', 'word '.repeat(40_000)],
  ['the longest text without spaces', '漢字。'.repeat(60_000)],
  ['lone surrogates', '\ud800. \udc00 a.'],
  ['line breaks', 'a\r\nb\n\nc\u2028d'],
])('answers %s', async (_, content) => {
  const items = ['en', 'zh'].flatMap((lang) =>
    itemsOf(servedModel as never, { configuration: { lang }, inputs: { content } }),
  )
  for (const output of await outputsOf(items))
    expect(output).toEqual({ summary: expect.any(String), method: 'extractive' })
})
