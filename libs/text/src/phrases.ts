/** Phrases of a text: sequences of words without punctuation and stop words. */
import { type KeyedWord, runs } from './runs.ts'

export interface Phrase {
  /** Keys of its words, joined by single spaces: equal phrases have equal keys. */
  readonly key: string
  /** Spelling of its first occurrence. */
  readonly text: string
  /** Occurrences in the text. */
  readonly count: number
}

export interface PhraseOptions {
  /** Minimum and maximum number of words of a phrase. */
  readonly minWords: number
  readonly maxWords: number
  /** Keys, as returned by `wordKey`; a phrase neither contains a stop word nor continues after one. */
  readonly stopWords: ReadonlySet<string>
}

type Counted = { -readonly [K in keyof Phrase]: Phrase[K] }

/** At least two characters; more than 100 are data (base64, a chain of hyphens), not a word. */
const TOPIC = /^.{2,100}$/su
/** The only script that commonly writes a word with a single character. */
const HAN = /\p{Script=Han}/u

/** Distinct phrases in order of first appearance. */
export function phrases(content: string, { minWords, maxWords, stopWords }: PhraseOptions): Phrase[] {
  const found = new Map<string, Counted>()
  for (const run of runs(content, (key) => isTopic(key) && !stopWords.has(key))) {
    for (let first = 0; first < run.length; first++) {
      let key = ''
      for (let last = first; last < Math.min(first + maxWords, run.length); last++) {
        key = last === first ? run[last]!.key : `${key} ${run[last]!.key}`
        if (last - first + 1 >= minWords) count(found, key, () => sliceOf(content, run, first, last))
      }
    }
  }
  return [...found.values()]
}

function isTopic(key: string): boolean {
  return TOPIC.test(key) || (key.length <= 2 && HAN.test(key))
}

function count(found: Map<string, Counted>, key: string, textOf: () => string): void {
  const known = found.get(key)
  if (known) known.count += 1
  else found.set(key, { key, text: textOf(), count: 1 })
}

/** The text from the first to the last of these words of a run. */
export function sliceOf(content: string, run: readonly KeyedWord[], first: number, last: number): string {
  return content.slice(run[first]!.start, run[last]!.end)
}
