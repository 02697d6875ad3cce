/** The sentences of a text, each with its length and its terms. */
import { splitSentences, stopWords, wordKey, words } from '@servery/text'
import { wordCount } from '../words.ts'

export interface ScoredSentence {
  /** Its text, with line breaks replaced by spaces. */
  readonly text: string
  /** Number of words, as a reader counts them. */
  readonly length: number
  /** Occurrences of each term, without stop words; most inflections of a word are one term. */
  readonly terms: ReadonlyMap<string, number>
}

/**
 * Words with the same first letters are one term: most languages inflect at the end of words, and stemmers for all of them
 * would be more precise but add dependencies. 7 was the best of 4 to 7 and no limit on the train split of SciTLDR.
 */
const TERM_LETTERS = 7

/** @param language ISO 639-1 code */
export function sentencesOf(content: string, language: string): ScoredSentence[] {
  const removed = stopWords(language) ?? new Set()
  return splitSentences(content, language).map(({ start, end }) => {
    const text = content.slice(start, end).replace(/\s*[\r\n]+\s*/g, ' ')
    const found = words(text).map((word) => wordKey(word.text))
    const terms = new Map<string, number>()
    for (const word of found) {
      if (removed.has(word)) continue
      const term = word.slice(0, TERM_LETTERS)
      terms.set(term, (terms.get(term) ?? 0) + 1)
    }
    return { text, length: wordCount(text), terms }
  })
}
