/** The real runtime and the real tokeniser library over a stand-in graph of 938 bytes: see tiny-encoder/make.py. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { assertClose } from '@servery/testkit'
import { openSentenceEncoder, type SentenceEncoder } from '../../src/sentence-encoder.ts'

const DIRECTORY = path.join(import.meta.dirname, 'tiny-encoder')
/** float32 sums over at most 64 tokens in another order; observed 0 on x86-64. */
const ATOL = 1e-6

describe('openSentenceEncoder', () => {
  let encoder: SentenceEncoder
  beforeAll(async () => {
    encoder = await openSentenceEncoder(DIRECTORY, { maxTokens: 64, batchTokens: 16 })
  })
  afterAll(() => encoder.release())

  it('reads the length of a vector from the graph', () => {
    expect(encoder.dimensions).toBe(5)
  })

  it('answers vectors of length 1, for empty and blank texts too', async () => {
    const { vectors } = await encoder.encode(['', '   ', 'model server', '\u{1f600}'])
    assertClose(
      vectors.map((vector) => Math.hypot(...vector)),
      [1, 1, 1, 1],
      { atol: ATOL },
    )
  })

  it('answers a text alone as in any batch and order', async () => {
    const texts = ['model', 'fast model server', '', 'cafés', 'model '.repeat(500), 'a bb ccc. '.repeat(5), '漢字']
    const alone: Float32Array[] = []
    for (const text of texts) alone.push((await encoder.encode([text])).vectors[0]!)
    assertClose((await encoder.encode(texts)).vectors, alone, { atol: ATOL })
    assertClose((await encoder.encode(texts.toReversed())).vectors.toReversed(), alone, { atol: ATOL })
  })

  it('fails when the model answers a number that is not finite', async () => {
    await expect(encoder.encode(['model', 'poison'])).rejects.toMatchObject({ code: 'INFERENCE_FAILED' })
    expect((await encoder.encode(['model'])).vectors).toHaveLength(1)
  })
})

describe('what openSentenceEncoder refuses', () => {
  let copy: string
  beforeEach(async () => {
    copy = await mkdtemp(path.join(tmpdir(), 'servery-encoder-'))
    await cp(DIRECTORY, copy, { recursive: true })
  })
  afterEach(() => rm(copy, { recursive: true }))

  it.each(['model.onnx', 'tokenizer.json'])('a directory without %s', async (file) => {
    await rm(path.join(copy, file))
    await expect(openSentenceEncoder(copy, { maxTokens: 64 })).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message: expect.stringContaining(file),
    })
  })

  it.each(['model.onnx', 'tokenizer.json'])('a damaged %s', async (file) => {
    await writeFile(path.join(copy, file), 'not what it should be')
    await expect(openSentenceEncoder(copy, { maxTokens: 64 })).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' })
  })

  it('a device that this machine has not', async () => {
    await expect(openSentenceEncoder(copy, { maxTokens: 64, device: 'neuron' })).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message: expect.stringContaining('neuron'),
    })
  })
})
