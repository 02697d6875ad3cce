/** From logits to spans, written `<type> <start>-<end>`. */
import fc from 'fast-check'
import { createDecoder } from '../../src/entities/decode.ts'

const LABELS = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC']
const decode = createDecoder(LABELS)
const rows = (...logits: number[][]) => logits.map((row) => Float32Array.from(row))
/** Logits that leave no doubt. */
const certain = (...labels: string[]) => rows(...labels.map((label) => LABELS.map((own) => (own === label ? 20 : 0))))

const spansOf = (...[logits, continues]: Parameters<typeof decode>) =>
  decode(logits, continues).map(({ type, start, end }) => `${type} ${start}-${end}`)

it.each([
  ['one entity', certain('O', 'B-PER', 'I-PER', 'O'), ['PER 1-3']],
  ['neighbours of one type', certain('B-PER', 'B-PER', 'I-PER'), ['PER 0-1', 'PER 1-3']],
  ['neighbours of two types', certain('B-PER', 'I-PER', 'B-LOC'), ['PER 0-2', 'LOC 2-3']],
  ['a gap', certain('B-PER', 'O', 'B-PER'), ['PER 0-1', 'PER 2-3']],
  ['nothing', certain('O', 'O'), []],
  ['no words', [], []],
  ['no I- without its B-', rows([1, 0, 1.2, 0, 0], [0, 0, 2, 0, 1.9]), ['PER 0-2']],
  ['no I- at the beginning', rows([0, 0, 5, 4, 9]), ['LOC 0-1']],
])('finds %s', (_, logits, expected) => {
  expect(spansOf(logits)).toEqual(expected)
})

it.each([
  ['joins a B- to what it continues', ['B-PER', 'B-PER'], ['PER 0-2']],
  ['never joins two types', ['B-PER', 'B-LOC'], ['PER 0-1', 'LOC 1-2']],
  ['never joins over a gap', ['B-PER', 'O', 'B-PER'], ['PER 0-1', 'PER 2-3']],
])('%s', (_, labels, expected) => {
  expect(spansOf(certain(...labels), () => true)).toEqual(expected)
})

it('scores an entity by the mean probability of its words', () => {
  const [entity] = decode(rows([0, Math.log(6), 0, 0, 0], [0, 0, Math.log(16), 0, 0]))
  expect(entity).toMatchObject({ type: 'PER', start: 0, end: 2, score: expect.closeTo((0.6 + 0.8) / 2, 6) })
})

it('finds the best of all allowed sequences', () => {
  const row = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: LABELS.length, maxLength: LABELS.length })
  const sentences = fc.array(row, { minLength: 1, maxLength: 4 })
  const property = fc.property(sentences, (logits) => {
    const found = logits.map(() => 0)
    for (const { type, start, end } of decode(rows(...logits))) {
      found.fill(LABELS.indexOf(`I-${type}`), start, end)
      found[start] = LABELS.indexOf(`B-${type}`)
    }
    const sumOf = (labels: readonly number[]) => labels.reduce((sum, label, word) => sum + logits[word]![label]!, 0)
    expect(sumOf(found)).toBe(Math.max(...allowed(logits.length).map(sumOf)))
  })
  fc.assert(property, { seed: 20_240_501 })
})

/** All sequences of labels, by their indexes, in which every `I-` follows its own type. */
function allowed(length: number): number[][] {
  if (length === 0) return [[]]
  return allowed(length - 1).flatMap((before) => {
    const typeBefore = LABELS[before.at(-1) ?? 0]!.slice(2)
    const mayFollow = (label: string) => !label.startsWith('I-') || label.slice(2) === typeBefore
    return LABELS.flatMap((label, i) => (mayFollow(label) ? [[...before, i]] : []))
  })
}
