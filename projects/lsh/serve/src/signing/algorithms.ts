/**
 * The two algorithms that split a text into words for shingling. Their signatures must never be compared with each other:
 * every signature comes with the id of its algorithm, which includes a version.
 */
import { listedStopWords, STOP_WORD_LANGUAGES, stopWords, wordKey, words } from '@servery/text'

export type AlgorithmName = 'words' | 'segments'

export interface Algorithm {
  /** Returned with signatures; must change whenever the same text can get another signature. */
  readonly id: string
  /** @param language one of `LANGUAGES`, or null to keep stop words */
  wordsOf(content: string, language: string | null): string[]
}

/** Languages of the reference contract without a list of stop words: nothing is removed. */
const WITHOUT_STOP_WORDS = ['cy', 'kn', 'mk', 'ml', 'ne', 'pa', 'sq', 'ta', 'te']
export const LANGUAGES: readonly string[] = [...STOP_WORD_LANGUAGES, ...WITHOUT_STOP_WORDS].sort()

/** White space in Python, which differs from JavaScript in U+001C to U+001F, U+0085 and U+FEFF. */
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const SPACES = new RegExp(`[${SPACE}]+`, 'u')
/** Everything except white space and what `\w` matches in Python: letters, numbers of any kind and the underscore. */
const DELETED = new RegExp(`[^\\p{L}\\p{N}_${SPACE}]+`, 'gu')

/** Words that the tokeniser of the reference (Treebank) splits; its expressions treat the dotless i as an i. */
const CONTRACTIONS = new Map(
  ['can not', 'gim me', 'gım me', 'gon na', 'got ta', 'lem me', 'wan na'].map((parts) => [
    parts.replace(' ', ''),
    parts.split(' '),
  ]),
)

export const ALGORITHMS: Readonly<Record<AlgorithmName, Algorithm>> = {
  /** The algorithm of the reference contract: combining marks are deleted, and a text without spaces is one word. */
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
  /** Words keep their marks; scripts without spaces are segmented by ICU, whose dictionaries change between versions. */
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
