/** The real artifact in process: recorded answers, and the same answer alone and in a batch. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { firstDifference } from '@servery/model-version'
import { answerOf, type Item, itemsOf, readRecorded } from '@servery/serving'
import { modelVersionOf } from '@servery/testkit'
import servedModel from '../../dist/served-model.js'

const SERVE = path.join(import.meta.dirname, '../..')
const VERSION = modelVersionOf(SERVE)
const DIRECTORY = path.join(SERVE, 'models', VERSION)
const recorded = readRecorded(DIRECTORY)
const { signal } = new AbortController()

type Predict = (items: readonly Item[]) => Promise<unknown[]>
let predict: Predict

beforeAll(async () => {
  const card = JSON.parse(readFileSync(path.join(DIRECTORY, 'model_card.json'), 'utf8'))
  const loaded = await servedModel.load({
    directory: path.join(DIRECTORY, 'model_artifacts'),
    name: 'keywords',
    version: VERSION,
    card,
    settings: { device: 'cpu' },
  })
  predict = async (items) => {
    const results = await servedModel.predict(items as never, loaded, signal)
    return results.map((result) => ('output' in result ? result.output : result.error))
  }
})

it('has recorded requests', () => {
  expect(recorded.length).toBeGreaterThanOrEqual(10)
})

it.each(recorded.map(({ request, response }, i) => [i, request, response]))(
  'answers request %i as recorded',
  async (_, request, response) => {
    const outputs = await predict(itemsOf(servedModel as never, request))
    expect(firstDifference(answerOf(servedModel as never, request, outputs), response)).toBeUndefined()
  },
)

it('answers every document alone as in one batch of all, in any order', async () => {
  const items = recorded.flatMap(({ request }) => itemsOf(servedModel as never, request))
  const together = await predict(items)
  const reversed = (await predict([...items].reverse())).reverse()
  for (const [i, item] of items.entries()) {
    const [alone] = await predict([item])
    expect(firstDifference(together[i], alone)).toBeUndefined()
    expect(firstDifference(reversed[i], alone)).toBeUndefined()
  }
})
