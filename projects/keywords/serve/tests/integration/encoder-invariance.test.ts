/** A text has one vector: alone, in any batch, in any order, beside any neighbour. Dynamic quantisation would fail here. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { openSentenceEncoder, type SentenceEncoder } from '@servery/onnx'
import { assertClose } from '@servery/testkit'

const VERSION =
  process.env.SERVERY_MODEL_DIRECTORY || path.join(import.meta.dirname, '../../models/KEYWORDS-COMPILED-1')
/** Static int8 scales do not depend on neighbours: what is left is float32 sums in another order (6e-8 observed). */
const ATOL = 1e-5
const COUNT = 500

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const random = seeded(20_240_501)
const below = (limit: number) => Math.floor(random() * limit)
const pick = <T>(list: readonly T[]): T => list[below(list.length)]!

const WORDS = [
  ...'model server latency keyword extraction the of and a neural networks Paris 2024 3.14 supercalifragilistic'.split(
    ' ',
  ),
  ...[
    'naïve',
    'cafe\u0301',
    'İstanbul',
    'Größe',
    '東京',
    'привет',
    'مرحبا',
    '한국어',
    '😀',
    '👨‍👩‍👧',
    '\ud800',
    '[MASK]',
  ],
]
const MARKS = ['', '', '', ',', '.', '?!', ' —', ';', '…', '\n']

/** Mostly phrases of 1 to 4 words, as keyword candidates are; some sentences; a few texts beyond 256 tokens. */
function randomText(): string {
  const kind = random()
  const length = kind < 0.6 ? 1 + below(4) : kind < 0.97 ? 5 + below(60) : 300 + below(100)
  return Array.from({ length }, () => pick(WORDS) + pick(MARKS)).join(' ')
}

function shuffled(count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = below(i + 1)
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order
}

/** Rows far from prose: where a scale is taken over the batch, these shift everybody else's vector. */
const OUTLIERS = [
  '',
  ' ',
  '!'.repeat(500),
  '[SEP]'.repeat(300),
  '\u0000',
  '龘'.repeat(300),
  'x'.repeat(5000),
  '0 '.repeat(400),
  '😀'.repeat(90),
]

describe('the encoder of the artifact', () => {
  const texts = Array.from({ length: COUNT }, randomText)
  let encoder: SentenceEncoder
  let alone: Float32Array[]

  beforeAll(async () => {
    const card = JSON.parse(readFileSync(path.join(VERSION, 'model_card.json'), 'utf8')) as { max_tokens: number }
    encoder = await openSentenceEncoder(path.join(VERSION, 'model_artifacts'), { maxTokens: card.max_tokens })
    alone = []
    for (const text of texts) alone.push((await encoder.encode([text])).vectors[0]!)
  })
  afterAll(() => encoder.release())

  it('answers different texts with different vectors', () => {
    const distinct = new Set(alone.map((vector) => vector.slice(0, 8).join()))
    expect(distinct.size).toBeGreaterThan(COUNT / 2)
  })

  it('answers a text in batches of random size and order as alone', async () => {
    const order = shuffled(COUNT)
    while (order.length > 0) {
      const rows = order.splice(0, 1 + below(64))
      const { vectors } = await encoder.encode(rows.map((row) => texts[row]!))
      assertClose(
        vectors,
        rows.map((row) => alone[row]!),
        { atol: ATOL },
      )
    }
  })

  it('answers all texts at once in reversed order as alone', async () => {
    const { vectors } = await encoder.encode(texts.toReversed())
    assertClose(vectors, alone.toReversed(), { atol: ATOL })
  })

  it('answers a text beside hostile neighbours as alone', async () => {
    for (let start = 0; start < COUNT; start += 50) {
      const rows = texts.slice(start, start + 50)
      const { vectors } = await encoder.encode(rows.flatMap((text, i) => [text, OUTLIERS[i % OUTLIERS.length]!]))
      assertClose(
        vectors.filter((_, i) => i % 2 === 0),
        alone.slice(start, start + 50),
        { atol: ATOL },
      )
    }
  })
})
