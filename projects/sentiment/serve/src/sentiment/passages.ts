/** A text of any length as passages that the model reads whole. */
import type { Sentence } from '@servery/text'

/** UTF-16 units, end exclusive. */
export type Span = Sentence

/** Units of a passage: about 100 tokens of English, of the 128 that the model reads. */
export const PASSAGE = 400

/**
 * Neighbouring sentences, as many as fit into a passage, so that a short text is read as one; a longer sentence is cut at
 * white space. In order, without overlap.
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

/** Pieces of at most PASSAGE units, cut after the last white space that allows it. */
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
