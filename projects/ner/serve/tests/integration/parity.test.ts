/** Words, features, logits and entities against the Python reference: `test_files/parity.json`. */
import path from 'node:path'
import { openTokenClassifier, type TokenClassifier } from '@servery/onnx'
import { createDecoder, type LabelledSpan } from '../../src/entities/decode.ts'
import { featuresOf } from '../../src/entities/features.ts'
import { type Gazetteer, readGazetteer } from '../../src/entities/gazetteer.ts'
import { isHandle, isNamed } from '../../src/entities/recognise.ts'
import { openTagger, type TaggedSentence, type Tagger, type TaggerSettings } from '../../src/entities/tagger.ts'
import { DIRECTORY, readJson } from './artifact.ts'

interface Parity {
  readonly tolerance: { readonly score: number; readonly mean_probability: number }
  readonly cases: readonly {
    readonly text: string
    /** Places in UTF-16 units. */
    readonly words: readonly { ids: number[]; start: number; end: number; feature: number }[]
    /** `[w, labels]` of the float32 reference. */
    readonly logits?: readonly (readonly number[])[]
    /** Of the compiled graph in Python. */
    readonly entities: readonly { type: string; start: number; end: number; score: number }[]
  }[]
}

const ARTIFACTS = path.join(DIRECTORY, 'model_artifacts')
const { tolerance, cases } = readJson('test_files/parity.json') as Parity
const settings = readJson('model_artifacts/tagger.json') as TaggerSettings
let classifier: TokenClassifier
let gazetteer: Gazetteer
let tagger: Tagger

beforeAll(async () => {
  classifier = await openTokenClassifier(ARTIFACTS, { addedInputs: ['feature_ids'] })
  gazetteer = await readGazetteer(path.join(ARTIFACTS, 'gazetteer.tsv'), settings.lists)
  tagger = await openTagger(ARTIFACTS, { device: 'cpu' })
})
afterAll(() => classifier.release())

it('has texts of the data sets, hostile ones, and one longer than a window', () => {
  expect(cases.length).toBeGreaterThan(60)
  const tokens = cases.map(({ words }) => words.reduce((sum, { ids }) => sum + ids.length, 0))
  expect(Math.max(...tokens)).toBeGreaterThan(settings.window_tokens)
})

it.each(cases.map((one, i) => [i, one] as const))('case %i: words and features', async (_, { text, words }) => {
  const [found] = await classifier.words([text])
  const features = featuresOf(text, found!, gazetteer)
  expect(found!.map((word, i) => ({ ...word, feature: features[i] }))).toEqual(words)
})

it.each(cases.map((one, i) => [i, one] as const))('case %i: entities', async (_, { text, entities }) => {
  const [tagged] = await tagger.tag([text])
  const found = entitiesOf(text, tagged!)
  expect(found.map(({ type, start, end }) => ({ type, start, end }))).toEqual(
    entities.map(({ type, start, end }) => ({ type, start, end })),
  )
  found.forEach(({ score }, i) => {
    expect(Math.abs(score - entities[i]!.score)).toBeLessThanOrEqual(tolerance.score)
  })
})

it('int8 is near to the float32 reference', async () => {
  const exact = cases.filter(({ logits }) => logits !== undefined)
  expect(exact.length).toBeGreaterThan(40)
  const tagged = await tagger.tag(exact.map(({ text }) => text))
  const differences = exact.flatMap(({ logits }, i) =>
    logits!.flatMap((row, word) => {
      const served = softmax([...tagged[i]!.logits[word]!])
      return softmax(row).map((probability, label) => Math.abs(probability - served[label]!))
    }),
  )
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / differences.length
  expect(mean).toBeLessThanOrEqual(tolerance.mean_probability)
})

function softmax(logits: readonly number[]): number[] {
  const exponentials = logits.map((logit) => Math.exp(logit - Math.max(...logits)))
  const total = exponentials.reduce((sum, value) => sum + value, 0)
  return exponentials.map((value) => value / total)
}

/** As recognise.ts does it, of a text that is one sentence. */
function entitiesOf(text: string, { words, logits }: TaggedSentence): LabelledSpan[] {
  return createDecoder(settings.labels)(logits, (word) => isHandle(text, 0, words, word))
    .map((span) => ({ ...span, start: words[span.start]!.start, end: words[span.end - 1]!.end }))
    .filter(({ start, end }) => isNamed(text.slice(start, end)))
}
