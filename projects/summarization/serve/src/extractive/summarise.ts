/** Makes an extractive summary: sentences of the text, in their order. */
import { type Language, rulesOf } from '../languages.ts'
import { CHOSEN, select } from './select.ts'
import { sentencesOf } from './sentences.ts'

/** @param length maximum number of words @returns empty for a text without words */
export function summarise(content: string, language: Language, length: number, how = CHOSEN): string {
  const { code, gap } = rulesOf(language)
  const sentences = sentencesOf(content, code).filter((sentence) => /[\p{L}\p{N}]/u.test(sentence.text))
  if (sentences.length === 0) return ''
  return select(sentences, length, how)
    .map((place) => sentences[place]?.text)
    .join(gap)
}
