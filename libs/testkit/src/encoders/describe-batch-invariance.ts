/** A text has the same numbers alone, in any batch, in any order, beside any neighbour. Dynamic quantisation fails here. */
import fc from 'fast-check'
import { assertClose } from '../assert-close.ts'
import { HOSTILE_NEIGHBOURS, randomTexts, SEED } from './texts.ts'

/** Static int8 scales do not depend on neighbours: what is left is float32 sums in another order (6e-8 observed). */
const ATOL = 1e-5
const MOST_PER_BATCH = 64
const TIMEOUT_MS = 300_000

/**
 * The numbers of each text, in order, as one list: a vector, the logits of its classes, or those of all its words. Called
 * only while tests run, so that it may use a model that a `beforeAll` loads.
 */
export type NumbersOf = (texts: readonly string[]) => Promise<readonly ArrayLike<number>[]>

/** @param texts to compare; by default 500 random ones, the same in every run */
export function describeBatchInvariance(numbersOf: NumbersOf, texts: readonly string[] = randomTexts()): void {
  describe('the numbers of a text', () => {
    const rows = [...texts.keys()]
    const alone: ArrayLike<number>[] = []
    beforeAll(async () => {
      for (const text of texts) alone.push(...(await numbersOf([text])))
    }, TIMEOUT_MS)

    const expectAsAlone = async (batch: readonly number[]) => {
      const numbers = await numbersOf(batch.map((row) => texts[row] as string))
      assertClose(numbers, aloneOf(batch), { atol: ATOL })
    }
    const aloneOf = (batch: readonly number[]) => batch.map((row) => alone[row])

    it('differ from those of other texts', () => {
      const distinct = new Set(alone.map((numbers) => Array.from(numbers).join()))
      expect(distinct.size).toBeGreaterThan(texts.length / 2)
    })

    it(
      'are the same in batches of random size and order',
      async () => {
        for (const batch of randomBatches(rows)) await expectAsAlone(batch)
      },
      TIMEOUT_MS,
    )

    it('are the same among all texts in reversed order', () => expectAsAlone(rows.toReversed()), TIMEOUT_MS)

    it(
      'are the same beside hostile neighbours',
      async () => {
        for (const batch of batchesOf(rows, [MOST_PER_BATCH])) {
          const numbers = await numbersOf(batch.flatMap((row) => [texts[row] as string, neighbourOf(row)]))
          const ownNumbers = numbers.filter((_, i) => i % 2 === 0)
          assertClose(ownNumbers, aloneOf(batch), { atol: ATOL })
        }
      },
      TIMEOUT_MS,
    )
  })
}

function neighbourOf(row: number): string {
  return HOSTILE_NEIGHBOURS[row % HOSTILE_NEIGHBOURS.length] as string
}

function randomBatches(rows: readonly number[]): number[][] {
  const shuffled = fc.shuffledSubarray([...rows], { minLength: rows.length })
  const [order] = fc.sample(shuffled, { numRuns: 1, seed: SEED }) as [number[]]
  const sizes = fc.sample(fc.integer({ min: 1, max: MOST_PER_BATCH }), { numRuns: 10, seed: SEED, unbiased: true })
  return batchesOf(order, sizes)
}

/** All rows in order, cut into batches of these sizes, which repeat. */
function batchesOf(rows: readonly number[], sizes: readonly number[]): number[][] {
  const left = [...rows]
  const batches: number[][] = []
  while (left.length > 0) batches.push(left.splice(0, sizes[batches.length % sizes.length]))
  return batches
}
