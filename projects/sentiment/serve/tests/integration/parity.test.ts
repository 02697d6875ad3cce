/** Tokens, logits and probabilities against the Python reference: `test_files/parity.json`. */
import path from 'node:path'
import { openTokeniser, type SequenceClassifier } from '@servery/onnx'
import { openClassifier } from '../../src/sentiment/classifier.ts'
import { softmax } from '../../src/sentiment/labels.ts'
import { DIRECTORY, readJson } from './artifact.ts'

interface Parity {
  readonly tolerance: { readonly probability: number; readonly mean_probability: number }
  readonly cases: readonly {
    readonly text: string
    readonly ids: readonly number[]
    /** In UTF-16 units. */
    readonly offsets: readonly (readonly [number, number])[]
    /** `[classes]` of the float32 reference. */
    readonly logits?: readonly number[]
    /** `[classes]` of the compiled graph in Python. */
    readonly probabilities: readonly number[]
  }[]
}

const ARTIFACTS = path.join(DIRECTORY, 'model_artifacts')
const { tolerance, cases } = readJson('test_files/parity.json') as Parity
const { max_tokens: maxTokens } = readJson('model_artifacts/classifier.json') as { readonly max_tokens: number }
let classifier: SequenceClassifier

beforeAll(async () => {
  classifier = await openClassifier(ARTIFACTS, { device: 'cpu' })
})
afterAll(() => classifier.release())

const probabilitiesOf = (logits: Float32Array) => Object.values(softmax(logits))

it('has texts of the data sets, hostile ones, and one that is longer than the model reads', () => {
  expect(cases.length).toBeGreaterThan(60)
  expect(Math.max(...cases.map(({ ids }) => ids.length))).toBe(maxTokens)
})

it('has the tokens of the reference and their places', async () => {
  const tokeniser = await openTokeniser(path.join(ARTIFACTS, 'tokenizer.json'))
  const encoded = await tokeniser.encode(
    cases.map(({ text }) => text),
    maxTokens,
  )
  encoded.forEach((found, i) => {
    expect([...found.ids]).toEqual(cases[i]!.ids)
    expect(found.offsets()).toEqual(cases[i]!.offsets)
  })
})

it('has the probabilities that the compiled graph has in Python', async () => {
  const { logits } = await classifier.classify(cases.map(({ text }) => text))
  logits.forEach((row, i) => {
    probabilitiesOf(row).forEach((probability, c) => {
      expect(Math.abs(probability - cases[i]!.probabilities[c]!)).toBeLessThanOrEqual(tolerance.probability)
    })
  })
})

it('int8 is near to the float32 reference', async () => {
  const exact = cases.filter(({ logits }) => logits !== undefined)
  expect(exact.length).toBeGreaterThan(40)
  const { logits } = await classifier.classify(exact.map(({ text }) => text))
  const differences = exact.flatMap((one, i) => {
    const reference = probabilitiesOf(Float32Array.from(one.logits!))
    return probabilitiesOf(logits[i]!).map((probability, c) => Math.abs(probability - reference[c]!))
  })
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / differences.length
  expect(mean).toBeLessThanOrEqual(tolerance.mean_probability)
})
