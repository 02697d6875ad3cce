/** Words of a text with their positions. Unicode-aware: any script, accents, hyphens and apostrophes inside a word. */

export interface Word {
  /** As spelled in the text. */
  readonly text: string
  /** UTF-16 units, end exclusive: `content.slice(start, end) === text`. */
  readonly start: number
  readonly end: number
}

/**
 * A run of letters, marks and digits, joined by single hyphens (U+2010, U+2011 and soft ones too), apostrophes or the
 * zero-width joiners of Persian and Indic scripts (state-of-the-art, l'école, don't), and digits also by a point or comma
 * (3.14, 2,000).
 */
const RUN =
  /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:(?:['’\u2010\u2011\u00ad\u200c-\u200d-]|(?<=\p{Nd})[.,](?=\p{Nd}))[\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*/gu
/** Scripts without spaces between words, whose runs hold several words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
/** Used, and made, only for these runs: it takes 15 ms to make and 0.4 µs per character, the expression above 0.02. */
let segmenter: Intl.Segmenter | undefined
/**
 * UTF-16 units that the segmenter gets at once: beyond 2,000 its time grows quadratically (200,000 characters without
 * punctuation took 18 s at once and 0.1 s in pieces; Node 20, 2026-11).
 */
const PIECE = 1_000
/** Words that begin in the last units of a piece depend on what follows, so the next piece begins with them. */
const MARGIN = 50

/** All words in order. Never throws; a lone surrogate is not part of any word. */
export function words(content: string): Word[] {
  const found: Word[] = []
  for (const { 0: run, index } of content.matchAll(RUN)) {
    if (UNSPACED.test(run)) found.push(...segments(run, index))
    else found.push({ text: run, start: index, end: index + run.length })
  }
  return found
}

function* segments(run: string, offset: number): Generator<Word> {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'word' })
  let at = 0
  while (at < run.length) {
    const isLast = at + PIECE >= run.length
    let end = at
    for (const { segment, index, isWordLike } of segmenter.segment(run.slice(at, at + PIECE))) {
      if (!isLast && index >= PIECE - MARGIN) break
      end = at + index + segment.length
      if (isWordLike) yield { text: segment, start: offset + at + index, end: offset + end }
    }
    at = end
  }
}
