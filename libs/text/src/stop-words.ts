/** Stop words by language. Source: the package stopwords-iso 1.1.0 (MIT), 58 languages. */
import { createRequire } from 'node:module'
import { wordKey } from './runs.ts'

const LISTS = createRequire(import.meta.url)('stopwords-iso') as Readonly<Record<string, readonly string[]>>
const cache = new Map<string, ReadonlySet<string>>()

/** ISO 639-1 codes with a list, sorted. */
export const STOP_WORD_LANGUAGES: readonly string[] = Object.keys(LISTS).sort()

/** Stop words, as `wordKey` writes them, of a language code, undefined when there is no list. */
export function stopWords(language: string): ReadonlySet<string> | undefined {
  const list = Object.hasOwn(LISTS, language) ? LISTS[language] : undefined
  if (list === undefined) return undefined
  const known = cache.get(language) ?? new Set(list.map(wordKey))
  cache.set(language, known)
  return known
}
