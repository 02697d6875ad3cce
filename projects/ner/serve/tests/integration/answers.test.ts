/** The real artifact in process: recorded answers, the same answer alone and in a batch, and all of a long text. */
import path from 'node:path'
import { firstDifference } from '@servery/model-version'
import { answerOf, type Item, itemsOf, readRecorded } from '@servery/serving'
import servedModel from '../../dist/served-model.js'
import { openTagger, type Tagger } from '../../src/entities/tagger.ts'
import { DIRECTORY, readJson, VERSION } from './artifact.ts'

/** Static int8 scales do not depend on neighbours: what is left is float32 sums in another order. */
const ATOL = 1e-5
const ARTIFACTS = path.join(DIRECTORY, 'model_artifacts')
const recorded = readRecorded(DIRECTORY)
const { cases } = readJson('test_files/parity.json') as { readonly cases: readonly { readonly text: string }[] }
const { signal } = new AbortController()
let predict: (items: readonly Item[]) => Promise<Found[]>
let tagger: Tagger

interface Found {
  readonly predicted_content: readonly { entity_text: string; document_start: number; document_end: number }[]
}

beforeAll(async () => {
  const loaded = await servedModel.load({
    directory: ARTIFACTS,
    name: 'ner',
    version: VERSION,
    card: readJson('model_card.json') as never,
    settings: { device: 'cpu' },
  })
  predict = async (items) => {
    const results = await servedModel.predict(items as never, loaded, signal)
    return results.map((result) => ('output' in result ? result.output : result.error) as unknown as Found)
  }
  tagger = await openTagger(ARTIFACTS, { device: 'cpu' })
})

const itemOf = (content: string) => itemsOf(servedModel as never, { inputs: { content } })
const answerTo = async (content: string) => (await predict(itemOf(content)))[0]!.predicted_content

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

it('has the same logits for a sentence alone, among all others and in reversed order', async () => {
  const texts = cases.map(({ text }) => text)
  const together = await tagger.tag(texts)
  const reversed = (await tagger.tag(texts.toReversed())).reverse()
  let compared = 0
  for (const [i, text] of texts.entries()) {
    const [alone] = await tagger.tag([text])
    alone!.logits.forEach((row, word) => {
      row.forEach((logit, label) => {
        expect(Math.abs(logit - together[i]!.logits[word]![label]!)).toBeLessThanOrEqual(ATOL)
        expect(Math.abs(logit - reversed[i]!.logits[word]![label]!)).toBeLessThanOrEqual(ATOL)
        compared += 1
      })
    })
  }
  expect(compared).toBeGreaterThan(5_000)
})

it('finds the last name of a long text as it finds the first', async () => {
  const sentence = 'Marta Oyelaran flew from Lisbon to Geneva with Omar Haddad. '
  const one = (await answerTo(sentence)).map(({ entity_text }) => entity_text)
  expect(one).toEqual(['Marta Oyelaran', 'Lisbon', 'Geneva', 'Omar Haddad'])
  const many = await answerTo(sentence.repeat(300))
  expect(many.map(({ entity_text }) => entity_text)).toEqual(Array(300).fill(one).flat())
}, 120_000)

it('loses no name where windows of one long sentence meet', async () => {
  const names = Array.from({ length: 120 }, (_, i) =>
    i % 2 === 0 ? 'Marta Oyelaran in Lisbon' : 'Omar Haddad in Geneva',
  )
  const content = `They met ${names.join(', ')}`
  const found = await answerTo(content)
  const texts = new Map<string, number>()
  for (const { entity_text } of found) texts.set(entity_text, (texts.get(entity_text) ?? 0) + 1)
  expect(Object.fromEntries(texts)).toEqual({ 'Marta Oyelaran': 60, Lisbon: 60, 'Omar Haddad': 60, Geneva: 60 })
  for (const { entity_text, document_start, document_end } of found) {
    expect(content.slice(document_start, document_end)).toBe(entity_text)
  }
})
