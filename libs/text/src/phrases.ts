/** Phrases of a text: runs of words that cross no punctuation and hold no stop word. */
import { adjacent, isContentWord, type Word, words } from './words.ts'

export interface Phrase {
  /** Lower-cased words joined by one space: equal phrases have equal keys. */
  readonly key: string
  /** As the text first spells it. */
  readonly text: string
  /** Occurrences in the text. */
  readonly count: number
}

export interface PhraseOptions {
  /** Fewest and most words of a phrase. */
  readonly minWords: number
  readonly maxWords: number
  /** Lower-cased; a phrase neither holds one nor bridges over one. */
  readonly stopWords: ReadonlySet<string>
}

/** Distinct phrases in order of first appearance. */
export function phrases(content: string, { minWords, maxWords, stopWords }: PhraseOptions): Phrase[] {
  const found = new Map<string, { key: string; text: string; count: number }>()
  for (const run of runs(content, (word) => isContentWord(word) && !stopWords.has(word))) {
    for (let first = 0; first < run.length; first++) {
      const last = Math.min(first + maxWords, run.length)
      for (let end = first + minWords; end <= last; end++) count(found, content, run.slice(first, end))
    }
  }
  return [...found.values()]
}

/** Of the wanted phrases those that stand in the text, in any case, in the order wanted. */
export function occurrences(content: string, wanted: readonly string[]): Phrase[] {
  const keys = [...new Set(wanted.map((phrase) => keyOf(words(phrase))))].filter((key) => key !== '')
  const lengths = keys.map((key) => key.split(' ').length)
  if (keys.length === 0) return []
  const all = phrases(content, { minWords: Math.min(...lengths), maxWords: Math.max(...lengths), stopWords: new Set() })
  const byKey = new Map(all.map((phrase) => [phrase.key, phrase]))
  return keys.flatMap((key) => byKey.get(key) ?? [])
}

function count(
  found: Map<string, { key: string; text: string; count: number }>,
  content: string,
  run: readonly Word[],
): void {
  const key = keyOf(run)
  const known = found.get(key)
  if (known) known.count += 1
  else found.set(key, { key, text: content.slice(run[0]!.start, run.at(-1)!.end), count: 1 })
}

function keyOf(run: readonly Word[]): string {
  return run.map((word) => word.text.toLowerCase()).join(' ')
}

/** Longest runs of adjacent words that all pass `admits`. */
function* runs(content: string, admits: (lowerCased: string) => boolean): Generator<Word[]> {
  let run: Word[] = []
  for (const word of words(content)) {
    const previous = run.at(-1)
    const admitted = admits(word.text.toLowerCase())
    if (previous && !(admitted && adjacent(content, previous, word))) {
      yield run
      run = []
    }
    if (admitted) run.push(word)
  }
  if (run.length > 0) yield run
}
