/** The real artifact in process: recorded answers, the same answer alone and in a batch, and all of a long text. */
import path from 'node:path'
import { firstDifference } from '@servery/model-version'
import { answerOf, type Item, itemsOf, readRecorded } from '@servery/serving'
import servedModel from '../../dist/served-model.js'
import type { Output } from '../../src/schemas.ts'
import { openClassifier } from '../../src/sentiment/classifier.ts'
import { DIRECTORY, readJson, VERSION } from './artifact.ts'

/** Static int8 scales do not depend on neighbours: what is left is float32 sums in another order. */
const ATOL = 1e-5
const ARTIFACTS = path.join(DIRECTORY, 'model_artifacts')
const recorded = readRecorded(DIRECTORY)
const { cases } = readJson('test_files/parity.json') as { readonly cases: readonly { readonly text: string }[] }
const { signal } = new AbortController()
let predict: (items: readonly Item[]) => Promise<Output[]>

beforeAll(async () => {
  const loaded = await servedModel.load({
    directory: ARTIFACTS,
    name: 'sentiment',
    version: VERSION,
    card: readJson('model_card.json') as never,
    settings: { device: 'cpu' },
  })
  predict = async (items) => {
    const results = await servedModel.predict(items as never, loaded, signal)
    return results.map((result) => ('output' in result ? result.output : result.error) as unknown as Output)
  }
})

const answerTo = async (content: string) => (await predict(itemsOf(servedModel as never, { inputs: { content } })))[0]!

it('has recorded requests', () => {
  expect(recorded.length).toBeGreaterThanOrEqual(8)
})

it.each(recorded.map(({ request, response }, i) => [i, request, response]))(
  'answers request %i as recorded',
  async (_, request, response) => {
    const outputs = await predict(itemsOf(servedModel as never, request))
    expect(firstDifference(answerOf(servedModel as never, request, outputs), response)).toBeUndefined()
  },
)

it('has the same logits for a text alone, among all others and in reversed order', async () => {
  const classifier = await openClassifier(ARTIFACTS, { device: 'cpu' })
  const texts = cases.map(({ text }) => text)
  const { logits: together } = await classifier.classify(texts)
  const { logits: reversed } = await classifier.classify(texts.toReversed())
  for (const [i, text] of texts.entries()) {
    const { logits: alone } = await classifier.classify([text])
    alone[0]!.forEach((logit, c) => {
      expect(Math.abs(logit - together[i]![c]!)).toBeLessThanOrEqual(ATOL)
      expect(Math.abs(logit - reversed[texts.length - 1 - i]![c]!)).toBeLessThanOrEqual(ATOL)
    })
  }
  await classifier.release()
})

it.each([
  ['I love this place, the staff are wonderful and the food is excellent.', 'positive'],
  ['This was the worst film I have ever seen, dull and badly acted.', 'negative'],
  ['The train to Leeds leaves from platform 4 at 9:30.', 'neutral'],
])('%s is %s', async (content, label) => {
  expect((await answerTo(content)).label).toBe(label)
})

it('reads the end of a long text as well as its beginning', async () => {
  const plain = 'The train to Leeds leaves from platform 4 at 9:30 and stops at every station on the way. '.repeat(40)
  const angry = 'The staff were rude, the seats were filthy and the whole journey was awful. '.repeat(40)
  const [before, after] = [await answerTo(angry + plain), await answerTo(plain + angry)]
  expect(Math.abs(before.negative_prob - after.negative_prob)).toBeLessThan(0.05)
  expect(after.negative_prob).toBeGreaterThan((await answerTo(plain)).negative_prob + 0.1)
})
