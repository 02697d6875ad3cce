/** The languages of the reference contract, which has separate codes for simplified and traditional Chinese. */
import { ServeryError } from '@servery/core'

export const LANGUAGES = ['en', 'fr', 'de', 'it', 'es', 'ca', 'pt', 'zh', 'zh-t', 'ja', 'ko'] as const
export type Language = (typeof LANGUAGES)[number]

/** Languages without spaces between sentences. */
const UNSPACED: readonly string[] = ['zh', 'ja']

export interface LanguageRules {
  /** ISO 639-1 code, for boundaries and stop words. */
  readonly code: string
  /** Separator between two sentences. */
  readonly gap: string
}

export function rulesOf(language: Language): LanguageRules {
  const code = language.slice(0, 2)
  return { code, gap: UNSPACED.includes(code) ? '' : ' ' }
}

/** @param field of the configuration @throws ServeryError `UNSUPPORTED_LANGUAGE` */
export function checkLanguage(language: string, field: string): asserts language is Language {
  if ((LANGUAGES as readonly string[]).includes(language)) return
  const detail = `is none of the languages ${LANGUAGES.join(', ')}`
  throw new ServeryError('UNSUPPORTED_LANGUAGE', `${field} ${detail}.`, {
    violations: [{ pointer: `/configuration/${field}`, detail }],
  })
}
