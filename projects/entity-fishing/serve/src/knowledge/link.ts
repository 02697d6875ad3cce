/** Finds the entry of the knowledge base that a name means, and the names in a text. */
import type { Mention } from '@servery/entities'
import { splitSentences, wordKey, words } from '@servery/text'
import { type Entry, type KnowledgeBase, keysOf, topicWords } from './knowledge-base.ts'

/** Weight of an entry of another type than the mention. Not 0, because LOC and ORG share many names. */
const OTHER_TYPE = 0.3
/** Gain in weight for each word of the entry's description that occurs in the text. */
const CONTEXT_WORD = 0.5
const MOST_CONTEXT_WORDS = 3

export function wikiLink(id: string): string {
  return `https://www.wikidata.org/wiki/${id}`
}

/** The likeliest entry of a name; undefined if the knowledge base does not have the name. */
export function likeliest(
  knowledge: KnowledgeBase,
  name: string,
  type: string | null | undefined,
  topic: ReadonlySet<string>,
): Entry | undefined {
  const keys = keysOf(name)
  const whole = knowledge.named(keys.join(' '))
  const entries = whole.length > 0 || keys[0] !== 'the' ? whole : knowledge.named(keys.slice(1).join(' '))
  const weightOf = (entry: Entry): number => {
    const agreement = type && type !== entry.type ? OTHER_TYPE : 1
    return entry.prior * agreement * (1 + CONTEXT_WORD * contextWords(entry, name, topic))
  }
  return entries.reduce<Entry | undefined>(
    (best, entry) => (best === undefined || weightOf(entry) > weightOf(best) ? entry : best),
    undefined,
  )
}

const descriptions = new WeakMap<Entry, ReadonlySet<string>>()

/** Number of words of the description that occur in the text, without those of the name. */
function contextWords(entry: Entry, name: string, topic: ReadonlySet<string>): number {
  if (entry.context === '') return 0
  const described = descriptions.get(entry) ?? topicWords(entry.context)
  descriptions.set(entry, described)
  const own = new Set(keysOf(name))
  let shared = 0
  for (const word of described) if (topic.has(word) && !own.has(word)) shared += 1
  return Math.min(MOST_CONTEXT_WORDS, shared)
}

/**
 * Names of the knowledge base in a text, the longest at each place, in exactly the same spelling. The name of an organisation that
 * is one word is often a common word (Target, Orange): it counts only if the text holds a word of its description.
 */
export function findNames(content: string, knowledge: KnowledgeBase, language: string): Mention[] {
  const found: Mention[] = []
  const all = words(content)
  const meaningOf = createMeanings(knowledge, topicWords(content))
  const keys = all.map(({ text }) => wordKey(text))
  const sentences = splitSentences(content, language)
  let sentence = 0
  for (let first = 0; first < all.length; first++) {
    const longest = Math.min(knowledge.longestFrom(keys[first]!), all.length - first)
    for (let count = longest; count > 0; count--) {
      const [start, end] = [all[first]!.start, all[first + count - 1]!.end]
      const entry = meaningOf(keys.slice(first, first + count).join(' '), content.slice(start, end), count)
      if (entry === undefined) continue
      while (sentences[sentence + 1] && sentences[sentence + 1]!.start <= start) sentence += 1
      found.push(mentionOf(entry, content, start, end, sentence, sentences[sentence]?.start ?? 0))
      first += count - 1
      break
    }
  }
  return found
}

/** Returns a function that looks up the entry a spelling means in a text, and caches the result per spelling. */
function createMeanings(knowledge: KnowledgeBase, topic: ReadonlySet<string>) {
  const known = new Map<string, Entry | undefined>()
  return (key: string, spelled: string, count: number): Entry | undefined => {
    if (knowledge.named(key).length === 0) return undefined
    if (!known.has(spelled)) {
      const entry = likeliest(knowledge, spelled, undefined, topic)
      known.set(spelled, entry && isMeant(entry, spelled, count, topic) ? entry : undefined)
    }
    return known.get(spelled)
  }
}

function isMeant(entry: Entry, spelled: string, count: number, topic: ReadonlySet<string>): boolean {
  if (!/^[\p{Lu}\p{Lo}]/u.test(spelled) || ![entry.name, ...entry.aliases].includes(spelled)) return false
  return entry.type === 'LOC' || count > 1 || contextWords(entry, spelled, topic) > 0
}

function mentionOf(
  { type }: Entry,
  content: string,
  start: number,
  end: number,
  sentence: number,
  at: number,
): Mention {
  return {
    entity_type: type,
    entity_text: content.slice(start, end),
    sentence_index: sentence,
    start: start - at,
    end: end - at,
    document_start: start,
    document_end: end,
  }
}
