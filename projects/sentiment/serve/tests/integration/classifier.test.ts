/** Tokens, logits and probabilities against those of the Python reference, and a text's logits in any batch. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { artifactsDirectory } from '@servery/model-version'
import { openTokeniser, type SequenceClassifier, type Tokeniser } from '@servery/onnx'
import {
  assertClose,
  describeBatchInvariance,
  describeTokenParity,
  meanDifference,
  projectUnderTest,
  readParity,
  type Tokens,
} from '@servery/testkit'
import { openClassifier } from '../../src/sentiment/classifier.ts'
import { softmax } from '../../src/sentiment/labels.ts'

/** Both `[classes]`: of the float32 reference, and of the compiled graph in Python. */
type Reference = Tokens & { readonly logits?: readonly number[]; readonly probabilities: readonly number[] }
/** Largest differences of a probability: of each, and of the mean over all. */
type Tolerance = { readonly probability: number; readonly mean_probability: number }

const { directory } = projectUnderTest(import.meta.dirname)
const artifacts = artifactsDirectory(directory)
const { tolerance, cases } = readParity<Reference, Tolerance>(directory)
const texts = cases.map(({ text }) => text)
const { max_tokens: maxTokens } = JSON.parse(readFileSync(path.join(artifacts, 'classifier.json'), 'utf8'))
let tokeniser: Tokeniser
let classifier: SequenceClassifier

beforeAll(async () => {
  tokeniser = await openTokeniser(path.join(artifacts, 'tokenizer.json'))
  classifier = await openClassifier(artifacts, { device: 'cpu' })
})
afterAll(() => classifier.release())

const logitsOf = async (of: readonly string[]) => (await classifier.classify(of)).logits
const probabilitiesOf = (logits: Float32Array) => Object.values(softmax(logits))

describeTokenParity(cases, async (of) =>
  (await tokeniser.encode(of, maxTokens)).map(({ ids, offsets }) => ({ ids, offsets: offsets() })),
)

describeBatchInvariance(logitsOf, texts)

it('has the probabilities that the compiled graph has in Python, for texts of any length', async () => {
  expect(cases.length).toBeGreaterThan(60)
  expect(Math.max(...cases.map(({ ids }) => ids.length))).toBe(maxTokens)
  const served = (await logitsOf(texts)).map(probabilitiesOf)
  const expected = cases.map(({ probabilities }) => probabilities)
  assertClose(served, expected, { atol: tolerance.probability })
})

it('int8 is near to the float32 reference', async () => {
  const exact = cases.filter(({ logits }) => logits !== undefined)
  expect(exact.length).toBeGreaterThan(40)
  const served = (await logitsOf(exact.map(({ text }) => text))).map(probabilitiesOf)
  const reference = exact.map(({ logits }) => probabilitiesOf(Float32Array.from(logits!)))
  expect(meanDifference(served, reference)).toBeLessThanOrEqual(tolerance.mean_probability)
})
