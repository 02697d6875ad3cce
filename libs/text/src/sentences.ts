/**
 * The one sentence splitter: Unicode's sentence boundaries (`Intl.Segmenter`), corrected where a full stop ends an English
 * abbreviation and where a line break only wraps a line. Offsets refer to the original text.
 */
/** UTF-16 units, end exclusive. */
export interface Sentence {
  readonly start: number
  readonly end: number
}

/**
 * UTF-16 units that the segmenter gets at once: its time grows quadratically (200,000 characters of short sentences took
 * 1.3 s at once and 0.05 s in pieces; Node 20, 2026-11). A piece that holds only one sentence is doubled.
 */
const PIECE = 2_000
/** A line of at least this many units was probably wrapped, so its line break is only a space. */
const WRAPPED_LINE = 60

const LINE_BREAK = /\r\n?|[\n\v\f\u0085\u2028\u2029]/g
/** The start of a line that continues a sentence (a lower-case letter), and of one that begins a list item or is empty. */
const CONTINUATION = /[^\S\n\r\v\f\u0085\u2028\u2029]*\p{Ll}/uy
const NEW_ITEM = /[^\S\n\r\v\f\u0085\u2028\u2029]*(?:[-*•‣–—]\s|\d{1,3}[.)]\s|[\n\r\v\f\u0085\u2028\u2029]|$)/uy

/** Matches one of these words with its full stop at the end of a text, in this spelling or in capitals. */
const ending = (words: string) => new RegExp(`(?:^|[^\\p{L}\\p{N}.])(?:${words}|${words.toUpperCase()})\\.\\s*$`, 'u')
/** Never end a sentence: a name, a number or an example follows. */
const OPEN_ABBREVIATION = ending(
  'Mr|Mrs|Ms|Messrs|Dr|Prof|Gen|Col|Sgt|Capt|Lt|Cmdr|Adm|Maj|Rev|Hon|Pres|Gov|Sen|Rep|vs|cf|e\\.g|i\\.e|viz|approx',
)
/** Do not end a sentence before a digit: `No. 10`, `p. 3`. */
const NUMBERED_ABBREVIATION = ending('No|no|Nos|nos|p|pp|Vol|vol|Fig|fig|Figs|figs|Sec|sec|Ch|ch|Art|art')
/** May end a sentence: months, places, forms of companies; also initials (J.) and letters with stops (U.S., p.m.). */
const CLOSING_ABBREVIATION = ending(
  'St|Mt|Jan|Feb|Mar|Apr|Aug|Sep|Sept|Oct|Nov|Dec|Inc|Corp|Co|Ltd|Bros|Jr|Sr|Dept|Univ|Assn|Ave|Blvd|Rd',
)
const LETTERS_WITH_STOPS = /(?:^|[^\p{L}\p{N}.])(?:\p{Lu}|(?:\p{L}\.)+\p{L})\.\s*$/u
/** Includes a full stop, so that an initial does not count as a starter. */
const NEXT_WORD = /^\P{L}*?(\p{L}+\.?)/u
/** UTF-16 units before and after a boundary that are considered. */
const CONTEXT = 24

/** After an abbreviation that may end a sentence, one of these words begins a new sentence; any other word continues a name. */
const STARTERS = new Set(
  'a an the this that these those he she it they we i you his her its their our my your there here in on at for from with by as if when while after before since although but and or so yet however then what who why how where which no not'.split(
    ' ',
  ),
)
const segmenters = new Map<string, Intl.Segmenter>()

/**
 * The sentences of a text in order. They do not overlap, do not begin or end with white space, and every other character
 * of the text is in exactly one of them. A blank line, a list item and the end of a short line end a sentence.
 *
 * @param language code such as `en` or `pt-BR`, ignored if it is not valid; the rules for abbreviations apply only to English
 */
export function splitSentences(text: string, language = 'en'): Sentence[] {
  const flat = withoutWraps(text)
  const isEnglish = /^en\b/i.test(language)
  const found: Sentence[] = []
  let start = 0
  for (const end of boundaries(flat, segmenterOf(language))) {
    if (isEnglish && end < flat.length && continues(flat, end)) continue
    const sentence = trimmed(text, start, end)
    if (sentence.start < sentence.end) found.push(sentence)
    start = end
  }
  return found
}

/** Replaces line breaks that do not end a sentence by spaces; the length stays the same. */
function withoutWraps(text: string): string {
  const parts: string[] = []
  let lineStart = 0
  for (const { 0: lineBreak, index } of text.matchAll(LINE_BREAK)) {
    const next = index + lineBreak.length
    const joins = beginsAt(CONTINUATION, text, next)
      ? text.slice(lineStart, index).trim() !== ''
      : index - lineStart >= WRAPPED_LINE && !beginsAt(NEW_ITEM, text, next)
    parts.push(text.slice(lineStart, index), joins ? ' '.repeat(lineBreak.length) : lineBreak)
    lineStart = next
  }
  return parts.join('') + text.slice(lineStart)
}

function beginsAt(sticky: RegExp, text: string, index: number): boolean {
  sticky.lastIndex = index
  return sticky.test(text)
}

/** Ends of the segments; the last one is the end of the text. The last segment of a piece is segmented again with the next piece. */
function* boundaries(text: string, segmenter: Intl.Segmenter): Generator<number> {
  let at = 0
  let size = PIECE
  while (at < text.length) {
    const isLast = at + size >= text.length
    const ends = [...segmenter.segment(text.slice(at, at + size))].map(({ index, segment }) => index + segment.length)
    if (!isLast) ends.pop()
    yield* ends.map((end) => at + end)
    if (isLast) return
    size = ends.length > 0 ? PIECE : 2 * size
    at += ends.at(-1) ?? 0
  }
}

/** Whether the full stop before a boundary only ends an abbreviation. */
function continues(text: string, boundary: number): boolean {
  const before = text.slice(Math.max(0, boundary - CONTEXT), boundary)
  if (/[\n\r\v\f\u0085\u2028\u2029]\s*$/u.test(before)) return false
  if (OPEN_ABBREVIATION.test(before)) return true
  const after = text.slice(boundary, boundary + CONTEXT)
  if (NUMBERED_ABBREVIATION.test(before)) return /^\d/.test(after)
  if (!CLOSING_ABBREVIATION.test(before) && !LETTERS_WITH_STOPS.test(before)) return false
  if (/^\d/.test(after)) return true
  const next = NEXT_WORD.exec(after)?.[1]
  return next !== undefined && !STARTERS.has(next.toLowerCase())
}

function trimmed(text: string, start: number, end: number): Sentence {
  const slice = text.slice(start, end)
  const leading = slice.length - slice.trimStart().length
  return { start: start + leading, end: Math.max(start + leading, start + slice.trimEnd().length) }
}

/** Cached only by two-letter language codes, because the code may come from a request. */
function segmenterOf(language: string): Intl.Segmenter {
  const code = /^[a-z]{2}(?=-|$)/i.exec(language)?.[0].toLowerCase() ?? 'und'
  let known = segmenters.get(code)
  if (known === undefined) {
    known = new Intl.Segmenter(code, { granularity: 'sentence' })
    segmenters.set(code, known)
  }
  return known
}
