import fc from 'fast-check'
import { packRows } from '../../src/packing.ts'

describe('packRows', () => {
  it('groups rows of like length up to the padded size, inclusive', () => {
    expect(packRows([4, 2, 4, 2], 8)).toEqual([
      [1, 3],
      [0, 2],
    ])
  })

  it('lets a row that is too long go alone', () => {
    expect(packRows([100, 3, 3], 8)).toEqual([[1, 2], [0]])
  })

  it('starts a further run where padding would cost more', () => {
    expect(packRows([10, 10, 10, 100], 512)).toEqual([[0, 1, 2], [3]])
    expect(packRows([10, 10, 10, 12], 512)).toEqual([[0, 1, 2, 3]])
  })

  it('puts everything into one group when nothing limits it', () => {
    expect(packRows([10, 100], Number.POSITIVE_INFINITY)).toEqual([[0, 1]])
  })

  it('makes no group of no rows', () => {
    expect(packRows([], 512)).toEqual([])
    expect(packRows([], Number.POSITIVE_INFINITY)).toEqual([])
  })

  it('holds every row once, in groups of at most the padded size', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 256 })), fc.integer({ min: 1, max: 600 }), (lengths, size) => {
        const groups = packRows(lengths, size)
        expect(groups.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, row) => row))
        for (const group of groups) {
          const longest = Math.max(...group.map((row) => lengths[row]!))
          expect(group.length === 1 || group.length * longest <= size).toBe(true)
        }
      }),
    )
  })
})
