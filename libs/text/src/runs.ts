/** Runs of words that can form a phrase, and the key by which words are compared. */
import { type Word, words } from './words.ts'

export interface KeyedWord extends Word {
  /** `wordKey` of its text. */
  readonly key: string
}

/**
 * The key of a word: equal for spellings that differ only in case, in the kind of apostrophe or hyphen, in soft hyphens, or in how accents are
 * composed. `Don’t` and `don't` have the same key.
 */
export function wordKey(word: string): string {
  return word
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/[\u2010\u2011]/g, '-')
    .replaceAll('\u00ad', '')
}

/** Maximal runs of words that all pass `admits`, separated only by white space with at most one line break. */
export function* runs(content: string, admits: (key: string) => boolean): Generator<KeyedWord[]> {
  let run: KeyedWord[] = []
  for (const word of words(content)) {
    const key = wordKey(word.text)
    const admitted = admits(key)
    const previous = run.at(-1)
    if (previous && !(admitted && isNear(content, previous, word))) {
      yield run
      run = []
    }
    if (admitted) run.push({ ...word, key })
  }
  if (run.length > 0) yield run
}

/** The expression runs in linear time: no two of its stars match the same white space. */
function isNear(content: string, left: Word, right: Word): boolean {
  return /^[^\S\n]*(?:\n[^\S\n]*)?$/.test(content.slice(left.end, right.start))
}
