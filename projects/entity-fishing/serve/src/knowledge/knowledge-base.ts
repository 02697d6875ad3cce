/** The local knowledge base: names with their Wikidata ids, by the words of the name. */
import { readFileSync } from 'node:fs'
import { stopWords, wordKey, words } from '@servery/text'

export interface Entry {
  /** Wikidata id. */
  readonly id: string
  readonly name: string
  readonly aliases: readonly string[]
  /** LOC or ORG. */
  readonly type: string
  /** How often the name means this entry, 0 to 1; higher is more often. */
  readonly prior: number
  /** Description in one sentence. */
  readonly context: string
}

export class KnowledgeBase {
  readonly #byKey = new Map<string, Entry[]>()
  /** Maximum number of words of the names that begin with a word. */
  readonly #longest = new Map<string, number>()

  constructor(entries: Iterable<Entry>) {
    for (const entry of entries) {
      for (const name of [entry.name, ...entry.aliases]) {
        const keys = keysOf(name)
        if (keys.length === 0) continue
        this.#longest.set(keys[0]!, Math.max(this.longestFrom(keys[0]!), keys.length))
        this.#add(keys.join(' '), entry)
      }
    }
  }

  /** Maximum number of words of a name that begins with this word; 0 if there is none. */
  longestFrom(key: string): number {
    return this.#longest.get(key) ?? 0
  }

  /** @param key words of a name as `wordKey` writes them, joined by single spaces */
  named(key: string): readonly Entry[] {
    return this.#byKey.get(key) ?? []
  }

  #add(key: string, entry: Entry): void {
    const known = this.#byKey.get(key)
    if (known === undefined) this.#byKey.set(key, [entry])
    else if (!known.includes(entry)) known.push(entry)
  }
}

/** @param file one JSON entry per line */
export function readKnowledge(file: string): KnowledgeBase {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return new KnowledgeBase(lines.map((line) => JSON.parse(line) as Entry))
}

/** The words of a name. */
export function keysOf(name: string): string[] {
  return words(name).map(({ text }) => wordKey(text))
}

const IGNORED = stopWords('en') ?? new Set()

/** The words that indicate the topic of a text or an entry. */
export function topicWords(text: string): Set<string> {
  return new Set(keysOf(text).filter((key) => key.length > 2 && !IGNORED.has(key)))
}
