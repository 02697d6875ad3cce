/** The model in process: the recorded answers, and the same answer alone and in a batch. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { firstDifference } from '@servery/model-version'
import { answerOf, itemsOf, type Recorded } from '@servery/serving'
import { Value } from 'typebox/value'
import { params } from '../../src/params.ts'
import servedModel from '../../src/served-model.ts'

const recorded = JSON.parse(readFileSync(path.join(import.meta.dirname, '../predictions.json'), 'utf8')) as Recorded[]

const loading = servedModel.load({ settings: Value.Default(params, {}) } as never)

async function outputsOf(items: ReturnType<typeof itemsOf>): Promise<unknown[]> {
  const loaded = await loading
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
  ['the longest text full of names', 'England and Barclays bank. '.repeat(7_400)],
  ['the longest text of one word', 'a'.repeat(200_000)],
  ['lone surrogates', '\ud800 England \udc00'],
  ['names that look like expressions', 'A (England) [Wales] \\d+ .*'],
])('links %s', async (_, content) => {
  const entities = [{ text: 'England' }, { text: '(' }, { text: '.*' }]
  const [first, second] = (await outputsOf(
    [undefined, entities].flatMap((own) =>
      itemsOf(servedModel as never, { inputs: { content, entities: own ?? null } }),
    ),
  )) as { entities: unknown[] }[]
  expect(first?.entities).toEqual(expect.any(Array))
  expect(second?.entities[0]).toEqual({ text: 'England', wiki_link: 'https://www.wikidata.org/wiki/Q21' })
})
