/**
 * The two ways from a text to the words that are shingled, by name. Signatures of different ones must never be compared:
 * the id that goes with every signature says which one made it, and in which version.
 */
import { listedStopWords, STOP_WORD_LANGUAGES, stopWords, wordKey, words } from '@servery/text'

export type AlgorithmName = 'words' | 'segments'

export interface Algorithm {
  /** Stands beside signatures; changes whenever the same text may get another one. */
  readonly id: string
  /** @param language one of `LANGUAGES`, or null to keep stop words */
  wordsOf(content: string, language: string | null): string[]
}

/** Languages of the reference contract without a list of stop words: nothing is removed. */
const WITHOUT_STOP_WORDS = ['cy', 'kn', 'mk', 'ml', 'ne', 'pa', 'sq', 'ta', 'te']
export const LANGUAGES: readonly string[] = [...STOP_WORD_LANGUAGES, ...WITHOUT_STOP_WORDS].sort()

/** Python's white space, which differs from JavaScript's in the separators U+001C to U+001F, U+0085 and U+FEFF. */
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const SPACES = new RegExp(`[${SPACE}]+`, 'u')
/** What is neither white space nor matches `\w` in Python: letters, numbers of any kind and the underscore. */
const DELETED = new RegExp(`[^\\p{L}\\p{N}_${SPACE}]+`, 'gu')

/** Words that the tokenizer of the reference (Treebank) takes apart; the dotless i is an i to its expressions. */
const CONTRACTIONS = new Map(
  ['can not', 'gim me', 'gım me', 'gon na', 'got ta', 'lem me', 'wan na'].map((parts) => [
    parts.replace(' ', ''),
    parts.split(' '),
  ]),
)

export const ALGORITHMS: Readonly<Record<AlgorithmName, Algorithm>> = {
  /** That of the reference contract: combining marks are deleted, and a text without spaces is one word. */
  words: {
    id: 'minhash-words/1',
    wordsOf(content, language) {
      const removed = language === null ? undefined : listedStopWords(language)
      const found = content
        .toLowerCase()
        .replace(DELETED, '')
        .split(SPACES)
        .flatMap((word) => CONTRACTIONS.get(word) ?? word)
      return found.filter((word) => word !== '' && !removed?.has(word))
    },
  },
  /** Words keep their marks; Chinese, Japanese, Thai and their like are segmented by ICU, whose dictionaries change. */
  segments: {
    id: `minhash-segments/1-icu${process.versions.icu?.split('.')[0]}`,
    wordsOf(content, language) {
      const removed = language === null ? undefined : stopWords(language)
      return words(content)
        .map(({ text }) => wordKey(text))
        .filter((word) => !removed?.has(word))
    },
  },
}
