/** Texts for encoders and classifiers: random ones by a seed, and neighbours that disturb a batch. */
import fc from 'fast-check'

export const SEED = 20_240_501
const COUNT = 500

const PLAIN =
  'model server latency keyword extraction the of and a neural networks Paris 2024 3.14 supercalifragilistic'
const FOREIGN = 'naïve cafe\u0301 İstanbul Größe 東京 привет مرحبا 한국어 😀 👨‍👩‍👧 \ud800 [MASK]'
const MARKS = ['', '', '', ',', '.', '?!', ' —', ';', '…', '\n']

const word = fc
  .tuple(fc.constantFrom(...`${PLAIN} ${FOREIGN}`.split(' ')), fc.constantFrom(...MARKS))
  .map((parts) => parts.join(''))

function wordsOf(minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.array(word, { minLength, maxLength, size: 'max' }).map((words) => words.join(' '))
}

/** Mostly phrases, as keyword candidates are; some sentences; a few texts beyond 256 tokens. The same ones in every run. */
export function randomTexts(): string[] {
  const text = fc.oneof(
    { weight: 60, arbitrary: wordsOf(1, 4) },
    { weight: 37, arbitrary: wordsOf(5, 64) },
    { weight: 3, arbitrary: wordsOf(300, 400) },
  )
  return fc.sample(text, { numRuns: COUNT, seed: SEED, unbiased: true })
}

/** Rows far from prose: where a scale is taken over the batch, these shift everybody else's numbers. */
export const HOSTILE_NEIGHBOURS = [
  '',
  ' ',
  '!'.repeat(500),
  '[SEP]'.repeat(300),
  '\u0000',
  '龘'.repeat(300),
  'x'.repeat(5_000),
  '0 '.repeat(400),
  '😀'.repeat(90),
]
