/** Splits sentences into clauses, which can differ in sentiment. */
import type { Span } from './passages.ts'

/** White space between clauses: after a semicolon or a dash, before a word of contrast. */
const TURN =
  /(?<=;|\s[-–]{1,3}|—)\s|(?<=—)(?=\S)|\s(?=(?:but|while|whilst|whereas|although|though|however|unlike|despite)\s)|(?<=,)\s(?=yet\s)/giu
/** Minimum number of words next to the entity; with fewer, the whole sentence is read instead of the clause. */
const LEAST_WORDS = 3
/** This many UTF-16 units next to the entity certainly hold that many words. */
const PLENTY = 60

export interface Clause extends Span {
  readonly sentence: Span
}

/** The clauses of a sentence in order, including punctuation; at least one. */
export function clausesOf(text: string, sentence: Span): Clause[] {
  const turns = [...text.slice(sentence.start, sentence.end).matchAll(TURN)].map(({ index }) => sentence.start + index)
  return [sentence.start, ...turns].map((start, i) => ({ start, end: turns[i] ?? sentence.end, sentence }))
}

/**
 * For each place, the clause that holds it or the clauses that it spans; the whole sentence if they hold little
 * else. A place outside all sentences has none.
 *
 * @param places in ascending order
 */
export function clausesAround(text: string, clauses: readonly Clause[], places: readonly Span[]): Span[] {
  let first = 0
  return places.flatMap((place) => {
    while (first < clauses.length && clauses[first]!.end <= place.start) first += 1
    const clause = clauses[first]
    if (clause === undefined || clause.start >= place.end) return []
    let last = first
    while (clauses[last + 1]?.sentence === clause.sentence && clauses[last + 1]!.start < place.end) last += 1
    const around = { start: clause.start, end: clauses[last]!.end }
    return [saysEnough(text, around, place) ? around : clause.sentence]
  })
}

function saysEnough(text: string, around: Span, place: Span): boolean {
  if (around.end - around.start - (place.end - place.start) > PLENTY) return true
  const beside = `${text.slice(around.start, place.start)} ${text.slice(place.end, around.end)}`
  return (beside.match(/[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu)?.length ?? 0) >= LEAST_WORDS
}
