/** Finds given phrases in a text. */
import { type Phrase, sliceOf } from './phrases.ts'
import { runs, wordKey } from './runs.ts'
import { words } from './words.ts'

/** A trie of the wanted phrases by word: one walk from each word of the text finds all phrases that begin there. */
interface Branch {
  readonly next: Map<string, Branch>
  /** Key of the wanted phrase that ends here. */
  key?: string
  text?: string
  count: number
}

/**
 * The wanted phrases that occur in the text, in the given order: of any number of words, in any case, including single
 * letters and stop words (vitamin C). Like other phrases, they do not cross punctuation.
 */
export function occurrences(content: string, wanted: readonly string[]): Phrase[] {
  const root: Branch = { next: new Map(), count: 0 }
  const ends = new Set(wanted.map((phrase) => grow(root, phrase)))
  for (const run of runs(content, () => true)) {
    for (let first = 0; first < run.length; first++) {
      let at = root.next.get(run[first]!.key)
      for (let last = first; at !== undefined; last++) {
        if (at.key !== undefined) {
          at.text ??= sliceOf(content, run, first, last)
          at.count += 1
        }
        at = at.next.get(run[last + 1]?.key ?? '')
      }
    }
  }
  return [...ends].flatMap(({ key, text, count }) => (key && text ? { key, text, count } : []))
}

/** Adds a phrase. @returns its last node; the root for a phrase without words */
function grow(root: Branch, phrase: string): Branch {
  const keys = words(phrase).map((word) => wordKey(word.text))
  let at = root
  for (const key of keys) {
    const next = at.next.get(key) ?? { next: new Map(), count: 0 }
    at.next.set(key, next)
    at = next
  }
  if (at !== root) at.key = keys.join(' ')
  return at
}
