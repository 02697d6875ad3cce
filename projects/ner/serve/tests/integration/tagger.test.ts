/** Words, features, logits and entities against the Python reference, and the logits of a sentence in any batch. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { artifactsDirectory } from '@servery/model-version'
import { openTokenClassifier, type TokenClassifier, type TokenisedWord } from '@servery/onnx'
import {
  assertClose,
  describeBatchInvariance,
  describeTokenParity,
  meanDifference,
  projectUnderTest,
  readParity,
} from '@servery/testkit'
import { createDecoder, type LabelledSpan } from '../../src/entities/decode.ts'
import { featuresOf } from '../../src/entities/features.ts'
import { type Gazetteer, readGazetteer } from '../../src/entities/gazetteer.ts'
import { isHandle, isNamed } from '../../src/entities/recognise.ts'
import { openTagger, type TaggedSentence, type Tagger, type TaggerSettings } from '../../src/entities/tagger.ts'

type Word = TokenisedWord & { readonly feature: number }
/** Logits `[w, labels]` are of the float32 reference, entities of the compiled graph in Python. */
type Reference = { words: Word[]; logits?: readonly number[][]; entities: readonly LabelledSpan[] }

const { directory } = projectUnderTest(import.meta.dirname)
const artifacts = artifactsDirectory(directory)
const { tolerance, cases } = readParity<Reference, { score: number; mean_probability: number }>(directory)
const settings = JSON.parse(readFileSync(path.join(artifacts, 'tagger.json'), 'utf8')) as TaggerSettings
let classifier: TokenClassifier
let gazetteer: Gazetteer
let tagger: Tagger

beforeAll(async () => {
  classifier = await openTokenClassifier(artifacts, { addedInputs: ['feature_ids'] })
  gazetteer = await readGazetteer(path.join(artifacts, 'gazetteer.tsv'), settings.lists)
  tagger = await openTagger(artifacts, { device: 'cpu' })
})
afterAll(() => classifier.release())

describeTokenParity(cases, async (sentences) =>
  (await classifier.words(sentences)).map((words, i) => {
    const features = featuresOf(sentences[i]!, words, gazetteer)
    return { words: words.map((word, at) => ({ ...word, feature: features[at]! })) }
  }),
)

describeBatchInvariance(
  async (sentences) => (await tagger.tag(sentences)).map(({ logits }) => logits.flatMap((row) => [...row])),
  cases.map(({ text }) => text),
)

it.each([...cases.entries()])('case %i: entities', async (_, { text, entities }) => {
  const [tagged] = await tagger.tag([text])
  assertClose(entitiesOf(text, tagged!), entities, { atol: tolerance.score })
})

it('int8 is near to the float32 reference, for sentences of any length', async () => {
  expect(cases.length).toBeGreaterThan(60)
  const tokensOf = (words: readonly Word[]) => words.flatMap(({ ids }) => ids).length
  expect(cases.some(({ words }) => tokensOf(words) > settings.window_tokens)).toBe(true)
  const exact = cases.filter(({ logits }) => logits !== undefined)
  expect(exact.length).toBeGreaterThan(40)
  const tagged = await tagger.tag(exact.map(({ text }) => text))
  const served = tagged.flatMap(({ logits }) => logits.map((row) => softmax([...row])))
  const reference = exact.flatMap(({ logits }) => logits!.map(softmax))
  expect(meanDifference(served, reference)).toBeLessThanOrEqual(tolerance.mean_probability)
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
