/** The real runtime and the real tokeniser library over stand-in graphs: see tiny-encoder/make.py. */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { assertClose } from '@servery/testkit'
import { openSequenceClassifier } from '../../src/sequence-classifier.ts'
import { openTokenClassifier, type TokenClassifier } from '../../src/token-classifier.ts'

const DIRECTORY = path.join(import.meta.dirname, 'tiny-encoder')
const ATOL = 1e-6

/** A version's `model_artifacts/` with one of the stand-ins as its model. */
async function artifactsOf(model: string): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'servery-classifier-'))
  await cp(path.join(DIRECTORY, 'tokenizer.json'), path.join(directory, 'tokenizer.json'))
  await cp(path.join(DIRECTORY, `${model}.onnx`), path.join(directory, 'model.onnx'))
  return directory
}

describe('openSequenceClassifier', () => {
  let directory: string
  beforeAll(async () => {
    directory = await artifactsOf('sequence-classifier')
  })
  afterAll(() => rm(directory, { recursive: true }))

  it('answers the logits of a text alone as in any batch, and says which text was cut', async () => {
    const classifier = await openSequenceClassifier(directory, { maxTokens: 8 })
    expect([classifier.classes, classifier.maxTokens]).toEqual([5, 8])
    const texts = ['model', '', 'fast model server '.repeat(9), 'a bb']
    const { logits, truncated } = await classifier.classify(texts)
    expect(truncated).toEqual([false, false, true, false])
    for (const [i, text] of texts.entries()) {
      assertClose(logits[i]!, (await classifier.classify([text])).logits[0]!, { atol: ATOL })
    }
    expect(new Set(logits.map(String)).size).toBe(4)
    await classifier.release()
  })

  it('refuses a graph that answers per token', async () => {
    const other = await artifactsOf('token-classifier')
    await expect(openSequenceClassifier(other, { maxTokens: 8 })).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message: expect.stringContaining('logits float32 [b,<number>]'),
    })
    await rm(other, { recursive: true })
  })
})

describe('openTokenClassifier', () => {
  let directory: string
  let classifier: TokenClassifier
  beforeAll(async () => {
    directory = await artifactsOf('token-classifier')
    classifier = await openTokenClassifier(directory, { addedInputs: ['feature_ids'] })
  })
  afterAll(async () => {
    await classifier.release()
    await rm(directory, { recursive: true })
  })

  it('reads the words of a text with their tokens and places', async () => {
    expect(await classifier.words(['Model, cccs', '', 'ab\u{1f600}bb'])).toEqual([
      [
        { ids: [16 + 1], start: 0, end: 5 },
        { ids: [1], start: 5, end: 6 },
        { ids: [14, 15], start: 7, end: 11 },
      ],
      [],
      [{ ids: [1], start: 0, end: 6 }],
    ])
  })

  it('reads all of a long text', async () => {
    const [words] = await classifier.words(['model '.repeat(5_000)])
    expect(words).toHaveLength(5_000)
    expect(words!.at(-1)).toEqual({ ids: [17], start: 29_994, end: 29_999 })
  })

  it('answers every token of every row in order', async () => {
    const rows = [
      { input_ids: [2, 17, 18, 3], feature_ids: [0, 4, 5, 0] },
      { input_ids: [2, 3], feature_ids: [0, 0] },
    ]
    expect(classifier.labels).toBe(2)
    expect((await classifier.classify(rows)).map((answer) => [...answer])).toEqual([
      [2, 0, 17, 40, 18, 50, 3, 0],
      [2, 0, 3, 0],
    ])
  })

  it('refuses a graph with other inputs', async () => {
    await expect(openTokenClassifier(directory)).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message: expect.stringContaining('feature_ids'),
    })
  })
})
