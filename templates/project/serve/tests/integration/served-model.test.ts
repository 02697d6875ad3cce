/** The model in process: the recorded answers, and the same answer alone and in a batch. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { firstDifference } from '@servery/model-version'
import { answerOf, itemsOf, type Recorded } from '@servery/serving'
import servedModel from '../../src/served-model.ts'

const recorded = JSON.parse(readFileSync(path.join(import.meta.dirname, '../predictions.json'), 'utf8')) as Recorded[]

async function outputsOf(items: ReturnType<typeof itemsOf>): Promise<unknown[]> {
  const loaded = await servedModel.load({} as never)
  const results = await servedModel.predict(items as never, loaded, new AbortController().signal)
  return results.map((result) => ('output' in result ? result.output : result.error))
}

it.each(recorded.map(({ request, response }, i) => [i, request, response]))(
  'recorded answer %i',
  async (_, request, response) => {
    const outputs = await outputsOf(itemsOf(servedModel, request))
    expect(firstDifference(answerOf(servedModel, request, outputs), response)).toBeUndefined()
  },
)

it('answers an item the same alone and among others', async () => {
  const items = recorded.flatMap(({ request }) => itemsOf(servedModel, request))
  const together = await outputsOf(items)
  for (const [i, item] of items.entries()) expect(await outputsOf([item])).toEqual([together[i]])
})
