import fc from 'fast-check'
import { createDecoder } from '../../src/entities/decode.ts'

const LABELS = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC']
const decode = createDecoder(LABELS)
/** Logits that leave no doubt. */
const certain = (...labels: string[]) => labels.map((label) => Float32Array.from(LABELS, (l) => (l === label ? 20 : 0)))
const spans = (...labels: string[]) =>
  decode(certain(...labels)).map(({ type, start, end }) => `${type} ${start}-${end}`)

describe('decode', () => {
  it.each([
    ['one entity', ['O', 'B-PER', 'I-PER', 'O'], ['PER 1-3']],
    ['neighbours of one type', ['B-PER', 'B-PER', 'I-PER'], ['PER 0-1', 'PER 1-3']],
    ['neighbours of two types', ['B-PER', 'I-PER', 'B-LOC'], ['PER 0-2', 'LOC 2-3']],
    ['a gap', ['B-PER', 'O', 'B-PER'], ['PER 0-1', 'PER 2-3']],
    ['nothing', ['O', 'O'], []],
    ['no words', [], []],
  ])('finds %s', (_, labels, expected) => {
    expect(spans(...labels)).toEqual(expected)
  })

  it('never lets an I- stand without its B-', () => {
    const doubtful = [
      [1, 0, 1.2, 0, 0],
      [0, 0, 2, 0, 1.9],
    ].map((row) => Float32Array.from(row))
    for (const { type, start } of decode(doubtful)) expect([type, start]).toEqual(['PER', 0])
    expect(decode([Float32Array.from([0, 0, 5, 4, 9])])).toMatchObject([{ type: 'LOC', start: 0, end: 1 }])
  })

  it('scores an entity by the mean probability of its words', () => {
    const [entity] = decode([
      Float32Array.from([0, Math.log(6), 0, 0, 0]),
      Float32Array.from([0, 0, Math.log(16), 0, 0]),
    ])
    expect(entity).toMatchObject({ type: 'PER', start: 0, end: 2, score: expect.closeTo((0.6 + 0.8) / 2, 6) })
  })

  it('joins a B- to what it continues, of the same type and next to it only', () => {
    const joined = (...labels: string[]) => decode(certain(...labels), () => true).map(({ start, end }) => [start, end])
    expect(joined('B-PER', 'B-PER')).toEqual([[0, 2]])
    expect(joined('B-PER', 'B-LOC')).toEqual([
      [0, 1],
      [1, 2],
    ])
    expect(joined('B-PER', 'O', 'B-PER')).toEqual([
      [0, 1],
      [2, 3],
    ])
  })

  it('finds the best of all allowed sequences', () => {
    const logit = fc.integer({ min: -9, max: 9 })
    const row = fc.array(logit, { minLength: LABELS.length, maxLength: LABELS.length })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows) => {
        const logits = rows.map((values) => Float32Array.from(values))
        const best = Math.max(...allowed(rows.length).map((path) => sum(logits, path)))
        const path = rows.map(() => 0)
        for (const { type, start, end } of decode(logits)) {
          path.fill(LABELS.indexOf(`I-${type}`), start, end)
          path[start] = LABELS.indexOf(`B-${type}`)
        }
        expect(sum(logits, path)).toBe(best)
      }),
      { seed: 20_240_501 },
    )
  })
})

function allowed(length: number): number[][] {
  if (length === 0) return [[]]
  return allowed(length - 1).flatMap((before) =>
    LABELS.map((label, i) => [before, label, i] as const)
      .filter(([path, label]) => !label.startsWith('I-') || LABELS[path.at(-1) ?? 0]!.slice(2) === label.slice(2))
      .map(([path, , i]) => [...path, i]),
  )
}

function sum(logits: readonly Float32Array[], path: readonly number[]): number {
  return path.reduce((total, label, word) => total + logits[word]![label]!, 0)
}
