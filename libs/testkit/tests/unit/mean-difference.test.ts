import { meanDifference } from '../../src/mean-difference.ts'

it('is the mean over all numbers, and NaN where one has no counterpart or there is none', () => {
  expect(meanDifference([[1, 2], Float32Array.of(3)], [[2, 2], [1]])).toBe(1)
  expect(meanDifference([[1]], [[1, 2]])).toBeNaN()
  expect(meanDifference([], [])).toBeNaN()
})
