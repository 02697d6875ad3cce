/** Tokens and vectors of the served encoder against those of the Python reference, and a text's vector in any batch. */
import path from 'node:path'
import { artifactsDirectory } from '@servery/model-version'
import { openSentenceEncoder, openTokeniser, type SentenceEncoder, type Tokeniser } from '@servery/onnx'
import {
  describeBatchInvariance,
  describeTokenParity,
  projectUnderTest,
  readParity,
  type Tokens,
} from '@servery/testkit'

interface Reference extends Tokens {
  /** `[384]` float32. */
  readonly vector?: readonly number[]
}

interface Tolerance {
  /** Least cosine between a vector of the int8 artifact and that of the float32 reference. */
  readonly cosine_min: number
}

const { directory, card } = projectUnderTest(import.meta.dirname)
const maxTokens = card.max_tokens as number
const { tolerance, cases } = readParity<Reference, Tolerance>(directory)
let tokeniser: Tokeniser
let encoder: SentenceEncoder

beforeAll(async () => {
  const artifacts = artifactsDirectory(directory)
  tokeniser = await openTokeniser(path.join(artifacts, 'tokenizer.json'))
  encoder = await openSentenceEncoder(artifacts, { maxTokens })
})
afterAll(() => encoder.release())

const vectorsOf = async (texts: readonly string[]) => (await encoder.encode(texts)).vectors

describeTokenParity(cases, async (texts) =>
  (await tokeniser.encode(texts, maxTokens)).map(({ ids, offsets }) => ({ ids, offsets: offsets() })),
)

describeBatchInvariance(vectorsOf)

it('answers vectors close to those of the reference', async () => {
  const withVector = cases.filter(({ vector }) => vector !== undefined)
  expect(withVector.length).toBeGreaterThan(0)
  const vectors = await vectorsOf(withVector.map(({ text }) => text))
  const tooFar = withVector
    .map(({ text, vector }, i) => ({ text, cosine: cosine(vectors[i]!, vector!) }))
    .filter((result) => !(result.cosine >= tolerance.cosine_min))
  expect(tooFar).toEqual([])
})

it('answers vectors of length 1 for every case', async () => {
  for (const vector of await vectorsOf(cases.map(({ text }) => text))) expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
})

function cosine(a: ArrayLike<number>, b: readonly number[]): number {
  const dot = b.reduce((sum, component, i) => sum + component * a[i]!, 0)
  return dot / (Math.hypot(...Array.from(a)) * Math.hypot(...b))
}
