/** Splits a text of any length into passages that fit into the model. */
import type { Sentence } from '@servery/text'

/** UTF-16 units, end exclusive. */
export type Span = Sentence

/** Maximum length of a passage in UTF-16 units: about 100 English tokens, of the 128 that the model reads. */
export const PASSAGE = 400

/**
 * Combines neighbouring sentences up to the length of a passage, so that a short text is one passage; a longer sentence is split at
 * white space. Passages are in order and do not overlap.
 */
export function passagesOf(text: string, sentences: readonly Span[]): Span[] {
  const passages: { start: number; end: number }[] = []
  for (const { start, end } of sentences.flatMap((sentence) => cut(text, sentence))) {
    const last = passages.at(-1)
    if (last && end - last.start <= PASSAGE) last.end = end
    else passages.push({ start, end })
  }
  return passages
}

/** Splits a span into pieces of at most PASSAGE units, if possible after white space. */
export function cut(text: string, { start, end }: Span): Span[] {
  const pieces: Span[] = []
  let from = start
  while (end - from > PASSAGE) {
    const room = text.slice(from, from + PASSAGE)
    const space = room.search(/\s\S*$/u)
    const to = from + (space > 0 ? space + 1 : PASSAGE)
    pieces.push({ start: from, end: to })
    from = to
  }
  return [...pieces, { start: from, end }]
}
