/** The parts of sentences that speak of one thing each. */
import type { Span } from './passages.ts'

/** White space where a sentence turns: after a semicolon or a dash, before a word of contrast. */
const TURN =
  /(?<=;|\s[-–]{1,3}|—)\s|(?<=—)(?=\S)|\s(?=(?:but|while|whilst|whereas|although|though|however|unlike|despite)\s)|(?<=,)\s(?=yet\s)/giu
/** A clause of fewer words beside the entity says nothing of it: then its sentence does. */
const LEAST_WORDS = 3
/** So many units beside the entity hold that many words. */
const PLENTY = 60

export interface Clause extends Span {
  readonly sentence: Span
}

/** The clauses of a sentence, in order, punctuation included; one where it does not turn. */
export function clausesOf(text: string, sentence: Span): Clause[] {
  const turns = [...text.slice(sentence.start, sentence.end).matchAll(TURN)].map(({ index }) => sentence.start + index)
  return [sentence.start, ...turns].map((start, i) => ({ start, end: turns[i] ?? sentence.end, sentence }))
}

/**
 * For each place the clause that holds it, or the clauses that it spans; its whole sentence where they would hold little
 * else. A place outside of all sentences has none.
 *
 * @param places in order
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
