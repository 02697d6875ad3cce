/** Selects the sentences that represent a text: those that cover most of the rest, without repetition. */
import type { ScoredSentence } from './sentences.ts'

/** Chosen on the train split of SciTLDR; see train/README.md. */
export const CHOSEN = {
  /** Additional weight of a term in the sentence that introduces it. */
  introduction: 0.25,
  /** Weight of a term that occurs nowhere else, in occurrences: matters only if nothing is repeated. */
  floor: 0.05,
  /** Remaining share of the weight of a term that the summary already contains. */
  repeated: 0,
}

interface Candidate {
  readonly place: number
  readonly sentence: ScoredSentence
  /** Weight of each term, already divided by the norms of the sentence and of the rest. */
  readonly weights: ReadonlyMap<string, number>
}

/**
 * Indexes of the chosen sentences, ascending. Their total length is at most `length`; if every sentence is longer, only the
 * shortest one is chosen.
 */
export function select(sentences: readonly ScoredSentence[], length: number, how = CHOSEN): number[] {
  const total = sentences.reduce((sum, sentence) => sum + sentence.length, 0)
  if (total <= length) return sentences.map((_, place) => place)
  const fitting = candidatesOf(sentences, how).filter(({ sentence }) => sentence.length <= length)
  if (fitting.length === 0) return [shortest(sentences)]
  return fill(fitting, length, how.repeated).sort((a, b) => a - b)
}

function shortest(sentences: readonly ScoredSentence[]): number {
  return sentences.reduce((best, { length }, place) => (length < sentences[best]!.length ? place : best), 0)
}

/**
 * The value of a sentence is the cosine between its terms and those of the rest of the text, where the weight of a term is the logarithm of
 * its occurrences in the rest.
 */
function candidatesOf(sentences: readonly ScoredSentence[], { introduction, floor }: typeof CHOSEN): Candidate[] {
  const counts = new Map<string, number>()
  for (const { terms } of sentences)
    for (const [term, count] of terms) counts.set(term, (counts.get(term) ?? 0) + count)
  const weightOf = (occurrences: number): number => Math.log(1 + floor + occurrences)
  let square = 0
  for (const count of counts.values()) square += weightOf(count) ** 2
  const named = new Set<string>()
  return sentences.map((sentence, place) => {
    let rest = square
    for (const [term, count] of sentence.terms) {
      const all = counts.get(term)!
      rest += weightOf(all - count) ** 2 - weightOf(all) ** 2
    }
    const norm = Math.sqrt(sentence.terms.size * rest) || 1
    const weights = new Map<string, number>()
    for (const [term, count] of sentence.terms) {
      const weight = weightOf(counts.get(term)! - count) / norm
      weights.set(term, named.has(term) ? weight : weight * (1 + introduction))
      named.add(term)
    }
    return { place, sentence, weights }
  })
}

/** Repeatedly takes the sentence that adds most and still fits; on a tie the first one. */
function fill(candidates: readonly Candidate[], length: number, repeated: number): number[] {
  const chosen: number[] = []
  const said = new Set<string>()
  let room = length
  let open = candidates
  while (open.length > 0) {
    const gains = open.map(({ weights }) => gainOf(weights, said, repeated))
    const best = gains.indexOf(gains.reduce((a, b) => Math.max(a, b)))
    if (gains[best] === 0 && chosen.length > 0) break
    const { place, sentence } = open[best]!
    chosen.push(place)
    room -= sentence.length
    for (const term of sentence.terms.keys()) said.add(term)
    open = open.filter((candidate) => candidate.place !== place && candidate.sentence.length <= room)
  }
  return chosen
}

function gainOf(weights: Candidate['weights'], said: ReadonlySet<string>, repeated: number): number {
  let gain = 0
  for (const [term, weight] of weights) gain += said.has(term) ? repeated * weight : weight
  return gain
}
