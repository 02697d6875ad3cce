import { assertClose } from '../../src/assert-close.ts'

it('throws the first difference, and nothing when there is none', () => {
  expect(() => assertClose([1], [2], { atol: 0.5 })).toThrow('$[0]: 1 is not within 0.5 of 2')
  assertClose([1], [2], { atol: 1 })
})
