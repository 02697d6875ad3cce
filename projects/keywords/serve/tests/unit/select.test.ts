import { cpuTimeMs } from '@servery/testkit'
import fc from 'fast-check'
import { type Candidate, dot, MAX_COMBINATIONS, select } from '../../src/keyphrases/select.ts'

const settings = { top_n: 5, use_mmr: false, use_maxsum: false, diversity: 0.5, nr_candidates: 20 }

/** Candidates with random unit vectors of 8 dimensions; the document is the first axis. */
const candidates = (most: number, least = 0) =>
  fc
    .array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }), {
      minLength: least,
      maxLength: most,
    })
    .map((vectors) =>
      vectors.map((values, i): Candidate => {
        const length = Math.hypot(...values) || 1
        const vector = Float32Array.from(values, (value) => value / length)
        return { key: `k${String(i).padStart(3, '0')}`, text: `k${i}`, vector, similarity: vector[0]! }
      }),
    )

const keys = (chosen: readonly Candidate[]) => chosen.map(({ key }) => key)
const sum = (chosen: readonly Candidate[]) =>
  chosen.reduce((total, a, i) => total + chosen.slice(0, i).reduce((part, b) => part + dot(a.vector, b.vector), 0), 0)

function* subsets<T>(of: readonly T[], size: number): Generator<T[]> {
  if (size === 0) yield []
  else
    for (const [i, first] of of.entries()) for (const rest of subsets(of.slice(i + 1), size - 1)) yield [first, ...rest]
}

/** The rule as written down, without any of the shortcuts. */
function naiveMmr(all: readonly Candidate[], topN: number, diversity: number): Candidate[] {
  const left = [...all].sort((a, b) => b.similarity - a.similarity || (a.key < b.key ? -1 : 1))
  const chosen = left.splice(0, Math.min(1, topN))
  while (chosen.length > 0 && chosen.length < topN && left.length > 0) {
    const scores = left.map(
      (c) => (1 - diversity) * c.similarity - diversity * Math.max(...chosen.map((d) => dot(c.vector, d.vector))),
    )
    chosen.push(...left.splice(scores.indexOf(Math.max(...scores)), 1))
  }
  return chosen
}

describe('select', () => {
  it('takes the nearest, sorted, ties by phrase', () => {
    fc.assert(
      fc.property(candidates(30), fc.nat(10), (all, top_n) => {
        const chosen = select(all, { ...settings, top_n })
        expect(chosen).toHaveLength(Math.min(top_n, all.length))
        const worst = chosen.at(-1)?.similarity ?? Number.POSITIVE_INFINITY
        for (const other of all) if (!chosen.includes(other)) expect(other.similarity).toBeLessThanOrEqual(worst)
        expect(keys(chosen)).toEqual(
          keys([...chosen].sort((a, b) => b.similarity - a.similarity || (a.key < b.key ? -1 : 1))),
        )
      }),
    )
  })

  it('agrees with maximal marginal relevance written out', () => {
    fc.assert(
      fc.property(candidates(15), fc.nat(6), fc.double({ min: 0, max: 1, noNaN: true }), (all, top_n, diversity) => {
        const chosen = select(all, { ...settings, use_mmr: true, use_maxsum: true, top_n, diversity })
        expect(keys(chosen).sort()).toEqual(keys(naiveMmr(all, top_n, diversity)).sort())
      }),
    )
  })

  it('finds the smallest sum of all combinations', () => {
    fc.assert(
      fc.property(candidates(12), fc.integer({ min: 1, max: 4 }), (all, top_n) => {
        const chosen = select(all, { ...settings, use_maxsum: true, nr_candidates: 8, top_n })
        const nearest = select(all, { ...settings, top_n: 8 })
        if (nearest.length < top_n) expect(chosen).toEqual([])
        else expect(sum(chosen)).toBeCloseTo(Math.min(...[...subsets(nearest, top_n)].map(sum)), 6)
      }),
      { numRuns: 50 },
    )
  })

  it('is bounded and no worse than the nearest where the combinations are too many', () => {
    const [all] = fc.sample(candidates(100, 60), { numRuns: 1, seed: 7 }) as [Candidate[]]
    const startedAt = cpuTimeMs()
    const chosen = select(all, { ...settings, use_maxsum: true, nr_candidates: 60, top_n: 20 })
    expect(cpuTimeMs() - startedAt).toBeLessThan(5_000)
    expect(chosen).toHaveLength(20)
    expect(new Set(keys(chosen)).size).toBe(20)
    expect(sum(chosen)).toBeLessThan(sum(select(all, { ...settings, top_n: 20 })))
    expect(MAX_COMBINATIONS).toBeGreaterThan(15_504)
  })
})
