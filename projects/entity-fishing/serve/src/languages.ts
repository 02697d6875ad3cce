/** The languages of the reference contract. */
import { ServeryError } from '@servery/core'

export const LANGUAGES = [
  'en',
  'fr',
  'de',
  'es',
  'it',
  'ar',
  'zh',
  'ru',
  'ja',
  'pt',
  'fa',
  'uk',
  'sv',
  'bn',
  'hi',
] as const
export type Language = (typeof LANGUAGES)[number]

const ALIASES: Readonly<Record<string, Language>> = { 'zh-cn': 'zh', 'zh-tw': 'zh' }

/** @throws ServeryError `UNSUPPORTED_LANGUAGE` */
export function languageOf(code: string): Language {
  const known = LANGUAGES.find((language) => language === code)
  const language = known ?? (Object.hasOwn(ALIASES, code) ? ALIASES[code] : undefined)
  if (language !== undefined) return language
  const detail = `is none of the languages ${[...LANGUAGES, ...Object.keys(ALIASES)].join(', ')}`
  throw new ServeryError('UNSUPPORTED_LANGUAGE', `lang ${detail}.`, {
    violations: [{ pointer: '/configuration/lang', detail }],
  })
}
