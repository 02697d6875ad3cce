import fc from 'fast-check'
import { LABEL_RULES, meanOf, softmax } from '../../src/sentiment/labels.ts'

const of = (negative: number, neutral: number, positive: number) => ({ negative, neutral, positive })

describe('softmax', () => {
  it('sums to 1, keeps the order, and is not moved by a shift', () => {
    const logit = fc.float({ min: -50, max: 50, noNaN: true })
    fc.assert(
      fc.property(logit, logit, logit, (a, b, c) => {
        const found = softmax(Float32Array.of(a, b, c))
        expect(found.negative + found.neutral + found.positive).toBeCloseTo(1, 9)
        expect(Math.sign(found.negative - found.positive) * Math.sign(a - c)).toBeGreaterThanOrEqual(0)
        const shifted = softmax(Float32Array.of(a + 8, b + 8, c + 8))
        expect(shifted.neutral).toBeCloseTo(found.neutral, 3)
      }),
    )
  })

  it('gives classes in the order negative, neutral, positive', () => {
    const found = softmax(Float32Array.of(0, Math.log(2), Math.log(5)))
    expect(found).toEqual(of(expect.closeTo(1 / 8), expect.closeTo(2 / 8), expect.closeTo(5 / 8)))
  })
})

it('meanOf weighs, and rounds to four decimals', () => {
  expect(meanOf([of(1, 0, 0), of(0, 0, 1)], [1, 2])).toEqual(of(0.3333, 0, 0.6667))
})

it.each([
  ['calibrated', 0.5, 0.3, 0.2, 'negative'],
  ['calibrated', 0.1, 0.6, 0.3, 'neutral'],
  ['calibrated', 0.1, 0.3, 0.6, 'positive'],
  ['calibrated', 0.45, 0.1, 0.45, 'neutral'],
  ['calibrated', 0.2, 0.4, 0.4, 'neutral'],
  // The worked cases of the reference contract.
  ['reference', 0.01, 0.89, 0.1, 'positive'],
  ['reference', 0.1, 0.85, 0.05, 'neutral'],
  ['reference', 0.5, 0.3, 0.2, 'negative'],
  ['reference', 0.3, 0.4, 0.3, 'positive'],
  ['reference', 0.3931, 0.1552, 0.4517, 'positive'],
] as const)('label rule %s: %f, %f, %f is %s', (rule, negative, neutral, positive, label) => {
  expect(LABEL_RULES[rule](of(negative, neutral, positive))).toBe(label)
})
