/** Converts a chat completion to a summary: one line of limited length, or the reason why there is none. */
import { splitSentences } from '@servery/text'
import { type Language, rulesOf } from '../languages.ts'
import { wordCount } from '../words.ts'

/** A summary may exceed the requested length by this factor. */
const TOLERANCE = 1.5

/** A completion that is not a summary; the message is the reason. */
export class NoSummary extends Error {}

/** @throws NoSummary */
export function summaryIn(completion: unknown, language: Language, length: number): string {
  const text = contentOf(completion)
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .trim()
  if (!/[\p{L}\p{N}]/u.test(text)) throw new NoSummary('answered without a text')
  return cut(text, language, Math.ceil(TOLERANCE * length))
}

function contentOf(completion: unknown): string {
  const { choices } = (completion ?? {}) as { choices?: unknown }
  const first = Array.isArray(choices) ? choices[0] : undefined
  const content = (first as { message?: { content?: unknown } } | undefined)?.message?.content
  if (typeof content !== 'string') throw new NoSummary('answered no chat completion')
  return content
}

/** The first sentences of a text, up to this many words. */
function cut(text: string, language: Language, most: number): string {
  if (wordCount(text) <= most) return text
  const ends = splitSentences(text, rulesOf(language).code).map(({ end }) => end)
  const end = ends.findLast((place) => wordCount(text.slice(0, place)) <= most)
  if (end === undefined) throw new NoSummary(`wrote a sentence of more than ${most} words`)
  return text.slice(0, end)
}
