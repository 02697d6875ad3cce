/** Selects the phrases of a document that can become keywords. */
import { ServeryError } from '@servery/core'
import { occurrences, type Phrase, phrases, STOP_WORD_LANGUAGES, stopWords, wordKey } from '@servery/text'
import type { Configuration } from '../schemas.ts'

/**
 * Maximum number of phrases per document that are embedded, in order of first appearance: 1,000 take a third of a second on one
 * core, so no text can occupy a worker for long.
 */
export const MAX_CANDIDATES = 1_000

export interface Candidates {
  readonly phrases: readonly Phrase[]
  /** Whether the document has more than MAX_CANDIDATES. */
  readonly truncated: boolean
}

/** `min_df` counts occurrences in this document only, so that other documents of the request have no influence. */
export function candidatesOf(document: string, configuration: Configuration): Candidates {
  const [minWords, maxWords] = configuration.keyphrase_ngram_range as [number, number]
  const { candidates, min_df: minCount } = configuration
  const all = candidates
    ? occurrences(document, candidates)
    : phrases(document, { minWords, maxWords, stopWords: stopWordsOf(configuration.stop_words) })
  const frequent = all.filter(({ count }) => count >= minCount)
  return { phrases: frequent.slice(0, MAX_CANDIDATES), truncated: frequent.length > MAX_CANDIDATES }
}

/** @param setting `english` (the reference's name for `en`), a language code, a list, or null for none */
export function stopWordsOf(setting: Configuration['stop_words']): ReadonlySet<string> {
  if (setting === null) return new Set()
  if (typeof setting !== 'string') return new Set(setting.map(wordKey))
  const known = stopWords(setting === 'english' ? 'en' : setting)
  if (known) return known
  const detail = `has no stop words; known: english, ${STOP_WORD_LANGUAGES.join(', ')}, or a list of words`
  throw new ServeryError('INVALID_INPUT', `stop_words: '${setting.slice(0, 32)}' ${detail}.`, {
    violations: [{ pointer: '/configuration/stop_words', detail }],
  })
}
