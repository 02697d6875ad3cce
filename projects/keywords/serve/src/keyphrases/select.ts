/**
 * Selects keywords from candidates with vectors: by similarity, by maximal marginal relevance, or by max-sum distance.
 * Every list is sorted by similarity to the document, ties by phrase, so that answers are deterministic.
 * Source: the rules of KeyBERT 0.7; projects/keywords/README.md lists the differences.
 */

export interface Candidate {
  readonly key: string
  readonly text: string
  /** Unit vector. */
  readonly vector: Float32Array
  /** Cosine with the document, -1 to 1. */
  readonly similarity: number
}

export interface Selection {
  readonly top_n: number
  readonly use_mmr: boolean
  readonly use_maxsum: boolean
  readonly diversity: number
  readonly nr_candidates: number
}

/** Number of combinations up to which max-sum tries all of them (the default, 5 of 20, has 15,504); above, it improves a first choice by swaps. */
export const MAX_COMBINATIONS = 20_000
const MAX_SWAP_ROUNDS = 20

/** Cosine of two unit vectors. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

export function select(candidates: readonly Candidate[], selection: Selection): Candidate[] {
  const sorted = [...candidates].sort(bySimilarity)
  if (selection.use_mmr) return mmr(sorted, selection.top_n, selection.diversity).sort(bySimilarity)
  if (selection.use_maxsum) return maxSum(sorted.slice(0, selection.nr_candidates), selection.top_n).sort(bySimilarity)
  return sorted.slice(0, selection.top_n)
}

function bySimilarity(a: Candidate, b: Candidate): number {
  return b.similarity - a.similarity || (a.key < b.key ? -1 : 1)
}

/** First the most similar one, then always the best by (1 - diversity)·similarity - diversity·(largest cosine with a chosen one). */
function mmr(sorted: readonly Candidate[], topN: number, diversity: number): Candidate[] {
  const left = sorted.map((candidate) => ({ candidate, overlap: -1 }))
  const chosen: Candidate[] = []
  while (chosen.length < topN && left.length > 0) {
    const score = ({ candidate, overlap }: (typeof left)[number]) =>
      (1 - diversity) * candidate.similarity - diversity * overlap
    const best = chosen.length === 0 ? 0 : indexOfMax(left.map(score))
    const [{ candidate }] = left.splice(best, 1) as [(typeof left)[number]]
    chosen.push(candidate)
    for (const other of left) other.overlap = Math.max(other.overlap, dot(other.candidate.vector, candidate.vector))
  }
  return chosen
}

function indexOfMax(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > values[best]! ? i : best), 0)
}

/** The topN candidates with the smallest sum of pairwise cosines; none if there are fewer than topN. */
function maxSum(candidates: readonly Candidate[], topN: number): Candidate[] {
  if (topN === 0 || candidates.length < topN) return []
  const cosines = candidates.map((a) => candidates.map((b) => dot(a.vector, b.vector)))
  const chosen =
    combinations(candidates.length, topN) <= MAX_COMBINATIONS ? exhaustive(cosines, topN) : bySwaps(cosines, topN)
  return chosen.map((i) => candidates[i]!)
}

/** C(n, k) as a float: only its size matters. */
function combinations(n: number, k: number): number {
  let count = 1
  for (let i = 1; i <= k; i++) count *= (n - k + i) / i
  return count
}

function sumOfPairs(cosines: readonly number[][], chosen: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < chosen.length; i++) for (let j = 0; j < i; j++) sum += cosines[chosen[i]!]![chosen[j]!]!
  return sum
}

function exhaustive(cosines: readonly number[][], k: number): number[] {
  let best: { chosen: number[]; sum: number } = { chosen: [], sum: Number.POSITIVE_INFINITY }
  const extend = (chosen: number[], from: number): void => {
    if (chosen.length === k) {
      const sum = sumOfPairs(cosines, chosen)
      if (sum < best.sum) best = { chosen, sum }
      return
    }
    for (let next = from; next <= cosines.length - (k - chosen.length); next++) extend([...chosen, next], next + 1)
  }
  extend([], 0)
  return best.chosen
}

/** Starts with the k most similar to the document and makes the best single swap until none lowers the sum. */
function bySwaps(cosines: readonly number[][], k: number): number[] {
  let chosen = Array.from({ length: k }, (_, i) => i)
  for (let round = 0; round < MAX_SWAP_ROUNDS; round++) {
    const swap = bestSwap(cosines, chosen)
    if (swap === undefined) break
    chosen = swap
  }
  return chosen
}

/** The load of a candidate is the sum of its cosines with the chosen ones; a swap pays off if that of the new one is lower. */
function bestSwap(cosines: readonly number[][], chosen: readonly number[]): number[] | undefined {
  const load = cosines.map((row) => chosen.reduce((sum, i) => sum + row[i]!, 0))
  let best = { gain: 1e-12, out: -1, into: -1 }
  for (const out of chosen) {
    for (let into = 0; into < cosines.length; into++) {
      if (chosen.includes(into)) continue
      const gain = load[out]! - cosines[out]![out]! - (load[into]! - cosines[into]![out]!)
      if (gain > best.gain) best = { gain, out, into }
    }
  }
  return best.into < 0 ? undefined : chosen.map((i) => (i === best.out ? best.into : i))
}
