import { firstDifference } from '../../src/difference.ts'

describe('firstDifference', () => {
  it('passes numbers that differ by at most the tolerance', () => {
    expect(firstDifference({ a: [1, new Float32Array([0.5])] }, { a: [1.25, [0.5]] }, 0.25)).toBeUndefined()
  })

  it('names the path and both numbers of the first difference', () => {
    expect(firstDifference({ a: [1, { b: 2 }] }, { a: [1, { b: 2.5 }] }, 0.1)).toBe(
      '$.a[1].b: 2 is not within 0.1 of 2.5, the difference is 5.00e-1',
    )
  })

  it.each([
    ['lists of different length', [1], [1, 2], '$.length: 1 is not 2'],
    ['a missing field', {}, { a: 1 }, '$.a is missing'],
    ['a field too many', { a: 1 }, {}, '$.a is not expected'],
    ['different strings', ['a'], ['b'], '$[0]: "a" is not "b"'],
    ['a number beside a string', [1], ['1'], '$[0]: 1 is not "1"'],
    ['a list beside an object', [[]], [{}], '$[0]: a list of 0 is not [object Object]'],
    ['NaN beside a number', NaN, 1, '$: NaN is not within 1 of 1'],
    ['null beside an object', null, {}, '$: null is not [object Object]'],
  ])('refuses %s', (_case, actual, expected, message) => {
    expect(firstDifference(actual, expected, 1)).toContain(message)
  })

  it('takes NaN as equal to NaN', () => {
    expect(firstDifference([NaN, Infinity], [NaN, Infinity], 0)).toBeUndefined()
  })
})
