/** How much work a document will be, estimated from its length alone: it is asked before a worker sees the text. */
import { MAX_CANDIDATES } from './candidates.ts'

/** Read of a document unless the model's card says otherwise. */
export const DOCUMENT_MAX_TOKENS = 256

/** From English text: a phrase is some 4 tokens with its two special ones, half of the words are stop words or repeats. */
const CHARACTERS_PER_TOKEN = 4
const PHRASE_TOKENS = 4
const PHRASE_TOKENS_PER_CHARACTER = 0.33
/** Finding the phrases takes 0.2 µs a character, a token 40 µs (one core, AMD EPYC, 2026-11). */
const CHARACTERS_SEARCHED_PER_TOKEN = 200

/** Tokens that the encoder will read, and the search for phrases as so many tokens more. */
export function estimatedTokens(document: string, [minWords, maxWords]: readonly [number, number]): number {
  const lengths = maxWords - minWords + 1
  return (
    Math.min(document.length / CHARACTERS_PER_TOKEN, DOCUMENT_MAX_TOKENS) +
    Math.min(document.length * lengths * PHRASE_TOKENS_PER_CHARACTER, MAX_CANDIDATES * PHRASE_TOKENS) +
    (document.length * lengths) / CHARACTERS_SEARCHED_PER_TOKEN
  )
}
