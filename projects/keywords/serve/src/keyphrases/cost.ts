/** Estimates the cost of a document from its length alone, before a worker sees the text. */
import { MAX_CANDIDATES } from './candidates.ts'

/** Tokens of a document that the model reads, unless its card sets another limit. */
export const DOCUMENT_MAX_TOKENS = 256

/** Of English text: a phrase has about 4 tokens with its two special ones, and half of the words are stop words or repetitions. */
const CHARACTERS_PER_TOKEN = 4
const PHRASE_TOKENS = 4
const PHRASE_TOKENS_PER_CHARACTER = 0.33
/** Finding the phrases takes 0.2 µs per character, encoding 40 µs per token (one core, AMD EPYC, 2026-11). */
const CHARACTERS_SEARCHED_PER_TOKEN = 200

/** Tokens that the encoder will read, plus the cost of finding phrases in units of tokens. */
export function estimatedTokens(document: string, [minWords, maxWords]: readonly [number, number]): number {
  const lengths = maxWords - minWords + 1
  return (
    Math.min(document.length / CHARACTERS_PER_TOKEN, DOCUMENT_MAX_TOKENS) +
    Math.min(document.length * lengths * PHRASE_TOKENS_PER_CHARACTER, MAX_CANDIDATES * PHRASE_TOKENS) +
    (document.length * lengths) / CHARACTERS_SEARCHED_PER_TOKEN
  )
}
