import { createSentenceEncoder } from '../../src/sentence-encoder.ts'
import type { EncoderSession, TokenBatch } from '../../src/session.ts'
import type { Tokeniser } from '../../src/tokeniser.ts'

/** One token per character, its code; special tokens 101 and 102. */
const tokeniser: Pick<Tokeniser, 'encode'> = {
  async encode(texts, maxTokens) {
    return texts.map((text) => {
      const content = [...text].map((character) => character.codePointAt(0)!)
      const ids = [101, ...content.slice(0, maxTokens - 2), 102]
      return { ids, truncated: content.length > maxTokens - 2, offsets: () => [] }
    })
  },
}

/** Answers the sum of a row's ids and the sum of its mask, and records the batches. */
function fakeSession() {
  const batches: TokenBatch[] = []
  const session: EncoderSession = {
    dimensions: 2,
    per: 'row',
    provider: 'cpu',
    async run(batch) {
      batches.push(batch)
      const row = (values: BigInt64Array, r: number) => values.subarray(r * batch.width, (r + 1) * batch.width)
      const sum = (values: BigInt64Array) => values.reduce((total, value) => total + Number(value), 0)
      const rows = Array.from({ length: batch.rows }, (_, r) => [
        sum(row(batch.feeds.input_ids!, r)),
        sum(row(batch.feeds.attention_mask!, r)),
      ])
      return new Float32Array(rows.flat())
    },
    async release() {},
  }
  return { session, batches }
}

const sumOf = (text: string) => [...text].reduce((sum, character) => sum + character.codePointAt(0)!, 203)

describe('createSentenceEncoder', () => {
  it('answers in the order of the texts whatever the packing', async () => {
    const { session, batches } = fakeSession()
    const encoder = createSentenceEncoder(tokeniser, session, { maxTokens: 64, batchTokens: 12 })
    const texts = ['a long text of its own', 'b', '', 'abc', 'cc', 'b']
    const { vectors } = await encoder.encode(texts)
    expect(vectors.map((vector) => [...vector])).toEqual(texts.map((text) => [sumOf(text), text.length + 2]))
    expect(batches.every(({ rows, width }) => rows === 1 || rows * width <= 12)).toBe(true)
    expect(batches.length).toBeLessThan(texts.length)
  })

  it('says which texts were cut', async () => {
    const encoder = createSentenceEncoder(tokeniser, fakeSession().session, { maxTokens: 5 })
    const { truncated, tokens } = await encoder.encode(['abc', 'abcd', ''])
    expect(truncated).toEqual([false, true, false])
    expect(tokens).toEqual([5, 5, 2])
  })

  it('reads less of a text when asked to, never more than its own limit', async () => {
    const encoder = createSentenceEncoder(tokeniser, fakeSession().session, { maxTokens: 5 })
    expect((await encoder.encode(['ab'], { maxTokens: 3 })).truncated).toEqual([true])
    expect((await encoder.encode(['abcd'], { maxTokens: 100 })).truncated).toEqual([true])
  })

  it('runs nothing for no texts', async () => {
    const { session, batches } = fakeSession()
    const answer = await createSentenceEncoder(tokeniser, session, { maxTokens: 5 }).encode([])
    expect(answer).toEqual({ vectors: [], truncated: [], tokens: [] })
    expect(batches).toEqual([])
  })

  it('answers vectors that hold no memory but their own', async () => {
    const encoder = createSentenceEncoder(tokeniser, fakeSession().session, { maxTokens: 5 })
    const { vectors } = await encoder.encode(['a', 'b', 'c'])
    expect(vectors.map((vector) => vector.buffer.byteLength)).toEqual([8, 8, 8])
  })
})
