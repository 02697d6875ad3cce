/** Stop words by language. Source: the package stopwords-iso 1.1.0 (MIT), 58 languages. */
import { createRequire } from 'node:module'
import { wordKey } from './runs.ts'

const LISTS = createRequire(import.meta.url)('stopwords-iso') as Readonly<Record<string, readonly string[]>>

/** ISO 639-1 codes with a list, sorted. */
export const STOP_WORD_LANGUAGES: readonly string[] = Object.keys(LISTS).sort()

/** Stop words of a language code, as returned by `wordKey`; undefined if there is no list. */
export const stopWords = lists(wordKey)

/** The same in the spelling of the package, for rules that compare words exactly. */
export const listedStopWords = lists((word) => word)

/** Converts a list on first use. */
function lists(spelling: (word: string) => string): (language: string) => ReadonlySet<string> | undefined {
  const known = new Map<string, ReadonlySet<string>>()
  return (language) => {
    if (!Object.hasOwn(LISTS, language)) return undefined
    const words = known.get(language) ?? new Set(LISTS[language]?.map(spelling))
    known.set(language, words)
    return words
  }
}
