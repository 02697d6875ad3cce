import { bandsOf, bestBands, estimatedJaccard, isCandidate, valuesOf } from '@servery/hashing'

it.each([
  [128, 0.3, 37, 3],
  [128, 0.5, 25, 5],
  [128, 0.6, 18, 7],
  [128, 0.7, 14, 9],
  [128, 0.8, 9, 13],
  [128, 0.9, 5, 25],
  [64, 0.3, 21, 3],
  [64, 0.5, 14, 4],
  [64, 0.6, 10, 6],
  [64, 0.7, 8, 8],
  [64, 0.8, 5, 11],
  [64, 0.9, 3, 21],
  [256, 0.5, 42, 6],
  [256, 0.6, 32, 8],
  [256, 0.7, 25, 10],
  [256, 0.8, 17, 15],
  [256, 0.9, 9, 28],
  [32, 0.6, 6, 5],
  [16, 0.6, 4, 4],
  [2, 0, 2, 1],
  [2, 1, 1, 2],
  [1, 0.5, 1, 1],
])('%i values and threshold %d make %i bands of %i', (values, threshold, count, rows) => {
  expect(bestBands(threshold, values)).toEqual({ count, rows })
})

const bands = { count: 2, rows: 3 }
const values = Uint32Array.of(0, 1, 0xffffffff, 4, 5, 6)

it('writes a value as 8 bytes, big-endian, leaves out what no band holds, and reads it back', () => {
  const signature = bandsOf(Uint32Array.of(...values, 7), bands)
  expect(signature).toEqual(['AAAAAAAAAAAAAAAAAAAAAQAAAAD/////', 'AAAAAAAAAAQAAAAAAAAABQAAAAAAAAAG'])
  expect(valuesOf(signature, bands)).toEqual(values)
})

it.each([
  ['another number of bands', [bandsOf(values, bands)[0]!]],
  ['another number of rows', bandsOf(Uint32Array.of(1, 2, 3, 4), { count: 2, rows: 2 })],
  ['what is no base64', ['!!!!', '!!!!']],
  ['values above 32 bits', bandsOf(values, bands).map((band) => `/${band.slice(1)}`)],
])('refuses %s', (_, signature) => {
  expect(valuesOf(signature, bands)).toBeUndefined()
})

it('finds a candidate by one equal band, not by as many equal values in two', () => {
  expect(isCandidate(values, Uint32Array.of(0, 1, 0xffffffff, 9, 9, 9), bands)).toBe(true)
  expect(isCandidate(values, Uint32Array.of(9, 9, 9, 4, 5, 6), bands)).toBe(true)
  expect(isCandidate(values, Uint32Array.of(0, 1, 9, 9, 5, 6), bands)).toBe(false)
})

it('estimates by the share of equal values', () => {
  expect(estimatedJaccard(values, Uint32Array.of(0, 1, 9, 9, 5, 9))).toBe(0.5)
})
