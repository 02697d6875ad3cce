/** Finds the parts of a text that are about an entity. */
import { type Mention, mentionText } from '@servery/entities'
import { type Clause, clausesAround, clausesOf } from './clauses.ts'
import type { Span } from './passages.ts'

export interface Document {
  /** As sent. */
  readonly content: string
  /** The text that the model reads, of the same length as the content. */
  readonly text: string
  readonly sentences: readonly Span[]
}

/**
 * By mention, the distinct parts of the text to read: the clause around its position, else its sentences
 * (the clauses in them that name it), else the clauses around every occurrence. Empty if it does not occur in the text.
 */
export function contextsOf(document: Document, mentions: readonly Mention[]): Span[][] {
  if (mentions.length === 0) return []
  const bySentence = document.sentences.map((sentence) => clausesOf(document.text, sentence))
  const clauses = bySentence.flat()
  const known = new Map<string, Span[]>() // caches searches
  return mentions.map((mention) => {
    const place = placeOf(document, mention)
    if (place) return around(document, clauses, [place])
    const name = mentionText(mention) as string
    const indexes = [...new Set(mention.sentence_indexes ?? [mention.sentence_index ?? []].flat())]
    const key = JSON.stringify([name, indexes])
    const found =
      known.get(key) ??
      (indexes.length > 0
        ? indexes.flatMap((index) => inSentence(document, bySentence[index], name))
        : around(document, clauses, occurrencesOf(document, name, { start: 0, end: document.text.length })))
    known.set(key, found)
    return found
  })
}

/** The clauses of a sentence that name the entity; the whole sentence if none does. */
function inSentence(document: Document, clauses: readonly Clause[] | undefined, name: string): Span[] {
  if (clauses === undefined) return []
  const { sentence } = clauses[0]!
  const places = occurrencesOf(document, name, sentence)
  return places.length > 0 ? around(document, clauses, places) : [sentence]
}

/** The position of a mention, if its text is found there. */
function placeOf({ content, sentences }: Document, mention: Mention): Span | undefined {
  const { document_start, document_end, sentence_index, start, end } = mention
  const offset = sentences[sentence_index ?? -1]?.start ?? NaN
  return [
    { start: document_start ?? NaN, end: document_end ?? NaN },
    { start: offset + (start ?? NaN), end: offset + (end ?? NaN) },
  ].find((place) => content.slice(place.start, place.end) === mentionText(mention))
}

/** Occurrences of the name as whole words in this spelling, outside hidden markup. */
function occurrencesOf({ content, text }: Document, name: string, { start, end }: Span): Span[] {
  const range = content.slice(start, end)
  const found: Span[] = []
  for (let at = range.indexOf(name); at >= 0; at = range.indexOf(name, at + name.length)) {
    const place = { start: start + at, end: start + at + name.length }
    const isWhole = !joinsWord(content, place.start) && !joinsWord(content, place.end)
    if (isWhole && text.slice(place.start, place.end).trim() !== '') found.push(place)
  }
  return found
}

/** Whether there are letters or digits on both sides of a position: a name that begins or ends there is part of another word. */
function joinsWord(content: string, at: number): boolean {
  return /^[\p{L}\p{N}]{2}$/u.test(content.slice(Math.max(0, at - 1), at + 1))
}

/** The distinct clauses around places. */
function around({ text }: Document, clauses: readonly Clause[], places: readonly Span[]): Span[] {
  const spans = clausesAround(text, clauses, places)
  return [...new Map(spans.map((span) => [`${span.start} ${span.end}`, span])).values()]
}
