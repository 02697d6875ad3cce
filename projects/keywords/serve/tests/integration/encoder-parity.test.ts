/** Tokens, offsets and vectors of the served encoder against the Python reference: `test_files/parity.json`. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { openSentenceEncoder, openTokeniser, type SentenceEncoder, type Tokeniser } from '@servery/onnx'

const VERSION =
  process.env.SERVERY_MODEL_DIRECTORY || path.join(import.meta.dirname, '../../models/KEYWORDS-COMPILED-1')
const ARTIFACTS = path.join(VERSION, 'model_artifacts')

interface Parity {
  /** Least cosine between a vector of the int8 artifact and that of the float32 reference. */
  readonly tolerance: { readonly cosine_min: number }
  readonly cases: readonly ParityCase[]
}

interface ParityCase {
  readonly text: string
  readonly ids: readonly number[]
  /** In UTF-16 units of `text`. */
  readonly offsets: readonly (readonly [number, number])[]
  /** `[384]` float32, of the reference. */
  readonly vector?: readonly number[]
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(path.join(VERSION, file), 'utf8'))
const { max_tokens: maxTokens } = readJson('model_card.json') as { max_tokens: number }
const { tolerance, cases } = readJson('test_files/parity.json') as Parity

describe('the tokeniser of the artifact', () => {
  let tokeniser: Tokeniser
  beforeAll(async () => {
    tokeniser = await openTokeniser(path.join(ARTIFACTS, 'tokenizer.json'))
  })

  it.each(cases.map((parity, index) => [index, parity] as const))(
    'reads case %i as the reference',
    async (_i, parity) => {
      const [encoded] = await tokeniser.encode([parity.text], maxTokens)
      expect(encoded!.ids).toEqual(parity.ids)
      expect(encoded!.offsets()).toEqual(parity.offsets)
    },
  )

  it('reads all cases at once as one by one', async () => {
    const texts = cases.map(({ text }) => text)
    const encoded = await tokeniser.encode(texts, maxTokens)
    expect(encoded.map(({ ids }) => ids)).toEqual(cases.map(({ ids }) => ids))
  })
})

describe('the encoder of the artifact', () => {
  let encoder: SentenceEncoder
  beforeAll(async () => {
    encoder = await openSentenceEncoder(ARTIFACTS, { maxTokens })
  })
  afterAll(() => encoder.release())

  it('answers vectors close to those of the reference', async () => {
    const withVector = cases.filter((parity) => parity.vector !== undefined)
    expect(withVector.length).toBeGreaterThan(0)
    const { vectors } = await encoder.encode(withVector.map(({ text }) => text))
    const tooFar = withVector
      .map(({ text, vector }, i) => ({ text, cosine: cosine(vectors[i]!, vector!) }))
      .filter((result) => !(result.cosine >= tolerance.cosine_min))
    expect(tooFar).toEqual([])
  })

  it('answers vectors of length 1 for every case', async () => {
    const { vectors } = await encoder.encode(cases.map(({ text }) => text))
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
  })
})

function cosine(a: ArrayLike<number>, b: readonly number[]): number {
  const dot = b.reduce((sum, component, i) => sum + component * a[i]!, 0)
  return dot / (Math.hypot(...Array.from(a)) * Math.hypot(...b))
}
