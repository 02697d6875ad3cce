import fc from 'fast-check'
import { BatchQueue } from '../../src/batching/batch-queue.ts'

const entries = (...costs: number[]) => costs.map((cost, id) => ({ id, cost }))

function queueOf(costs: number[]): BatchQueue<{ id: number; cost: number }> {
  const queue = new BatchQueue<{ id: number; cost: number }>()
  queue.push(entries(...costs))
  return queue
}

describe('BatchQueue', () => {
  it('takes the oldest and those nearest to it in cost', () => {
    const queue = queueOf([10, 200, 11, 9, 500, 12])
    expect(
      queue
        .cut(43)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([0, 2, 3, 5])
    expect(queue.cut(43).map(({ id }) => id)).toEqual([1])
  })

  it('takes an entry that is larger than a batch alone', () => {
    expect(
      queueOf([5_000, 1])
        .cut(100)
        .map(({ id }) => id),
    ).toEqual([0])
  })

  it('gives nothing when empty and takes out what is gone', () => {
    expect(queueOf([]).cut(10)).toEqual([])
    const queue = queueOf([1, 2, 3])
    expect(queue.remove(({ id }) => id === 1).map(({ id }) => id)).toEqual([1])
    expect(queue.size).toBe(2)
  })

  it('loses and doubles nothing, always takes the oldest, and keeps the budget', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 700 }),
        fc.integer({ min: 1, max: 1_000 }),
        (costs, budget) => {
          const queue = queueOf(costs)
          const seen: number[] = []
          while (queue.size > 0) {
            const left = costs.map((_, id) => id).filter((id) => !seen.includes(id))
            const batch = queue.cut(budget)
            expect(batch.map(({ id }) => id)).toContain(left[0])
            if (batch.length > 1) expect(batch.reduce((sum, { cost }) => sum + cost, 0)).toBeLessThanOrEqual(budget)
            seen.push(...batch.map(({ id }) => id))
          }
          expect([...seen].sort((a, b) => a - b)).toEqual(costs.map((_, id) => id))
        },
      ),
      { numRuns: 50 },
    )
  })
})
