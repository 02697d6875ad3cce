/**
 * Additional features of a word for the uncased model: its case, and the lists of names that contain it. Must agree
 * with projects/ner/compile/text.py, which the recorded parity cases check.
 */
import type { TokenisedWord } from '@servery/onnx'
import type { Gazetteer } from './gazetteer.ts'

export const CASES = ['other', 'lower', 'title', 'initial', 'upper', 'mixed', 'digits', 'caseless'] as const

const UPPER = /[\p{Lu}\p{Lt}]/gu
const LOWER = /\p{Ll}/u
const FIRST_UPPER = /^[\p{Lu}\p{Lt}]/u

export function caseOf(word: string): (typeof CASES)[number] {
  const upper = word.match(UPPER)?.length ?? 0
  const hasLower = LOWER.test(word)
  if (upper === 0 && hasLower) return 'lower'
  if (upper === 0) return /\p{L}/u.test(word) ? 'caseless' : /\p{Nd}/u.test(word) ? 'digits' : 'other'
  if (!hasLower) return upper === 1 ? 'initial' : 'upper'
  return upper === 1 && FIRST_UPPER.test(word) ? 'title' : 'mixed'
}

/** `[w]`, case + number of cases × (bit i: the word is part of a name in list i). */
export function featuresOf(text: string, words: readonly TokenisedWord[], gazetteer: Gazetteer): number[] {
  const bits = gazetteer.bits(words)
  return words.map(({ start, end }, i) => CASES.indexOf(caseOf(text.slice(start, end))) + CASES.length * bits[i]!)
}
