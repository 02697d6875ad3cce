/** Windows of a long sentence, written `<start>-<end>: <first>-<last>`. */
import fc from 'fast-check'
import { windowsOf } from '../../src/entities/windows.ts'

const SIZES = { window_tokens: 12, overlap_tokens: 4 }
const ROOM = SIZES.window_tokens - 2

it.each([
  ['is one window where the words fit', [1, 2, 3], ['0-3: 0-3']],
  ['is none for no words', [], []],
  ['divides what neighbours share in its middle', Array<number>(16).fill(1), ['0-10: 0-8', '6-16: 8-16']],
  ['gives a word that fits nowhere a window of its own', [1, ROOM + 5, 1], ['0-1: 0-1', '1-2: 1-2', '2-3: 2-3']],
])('%s', (_, lengths, expected) => {
  const windows = windowsOf(lengths, SIZES)
  expect(windows.map(({ start, end, first, last }) => `${start}-${end}: ${first}-${last}`)).toEqual(expected)
})

it('reads every word, takes it from one window, and never exceeds the row', () => {
  const sentences = fc.array(fc.integer({ min: 1, max: ROOM }), { maxLength: 80 })
  const property = fc.property(sentences, (lengths) => {
    const windows = windowsOf(lengths, SIZES)
    const taken = windows.flatMap(({ first, last }) => Array.from({ length: last - first }, (_, i) => first + i))
    expect(taken).toEqual([...lengths.keys()])
    for (const { start, end, first, last } of windows) {
      expect(lengths.slice(start, end).reduce((sum, tokens) => sum + tokens, 0)).toBeLessThanOrEqual(ROOM)
      expect(start).toBeLessThanOrEqual(first)
      expect(first).toBeLessThan(last)
      expect(last).toBeLessThanOrEqual(end)
    }
  })
  fc.assert(property)
})
