import fc from 'fast-check'
import { windowsOf } from '../../src/entities/windows.ts'

const SIZES = { window_tokens: 12, overlap_tokens: 4 }
const ROOM = SIZES.window_tokens - 2

describe('windowsOf', () => {
  it('is one window where the words fit, none for no words', () => {
    expect(windowsOf([1, 2, 3], SIZES)).toEqual([{ start: 0, end: 3, first: 0, last: 3 }])
    expect(windowsOf([], SIZES)).toEqual([])
  })

  it('divides what neighbours share in its middle', () => {
    expect(windowsOf(Array(16).fill(1), SIZES)).toEqual([
      { start: 0, end: 10, first: 0, last: 8 },
      { start: 6, end: 16, first: 8, last: 16 },
    ])
  })

  it('gives a word that fits into no window one of its own', () => {
    expect(windowsOf([1, ROOM + 5, 1], SIZES)).toEqual([
      { start: 0, end: 1, first: 0, last: 1 },
      { start: 1, end: 2, first: 1, last: 2 },
      { start: 2, end: 3, first: 2, last: 3 },
    ])
  })

  it('reads every word, takes it from one window, and never exceeds the row', () => {
    const length = fc.integer({ min: 1, max: ROOM })
    fc.assert(
      fc.property(fc.array(length, { maxLength: 80 }), (lengths) => {
        const windows = windowsOf(lengths, SIZES)
        const taken = windows.flatMap(({ first, last }) => Array.from({ length: last - first }, (_, i) => first + i))
        expect(taken).toEqual(lengths.map((_, i) => i))
        for (const { start, end, first, last } of windows) {
          expect(lengths.slice(start, end).reduce((sum, tokens) => sum + tokens, 0)).toBeLessThanOrEqual(ROOM)
          expect(start).toBeLessThanOrEqual(first)
          expect(first).toBeLessThan(last)
          expect(last).toBeLessThanOrEqual(end)
        }
      }),
    )
  })
})
