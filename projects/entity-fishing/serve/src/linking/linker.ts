/** Adds links to the entities of a text. */
import { type Mention, mentionText } from '@servery/entities'
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts'
import { topicWords } from '../knowledge/knowledge-base.ts'
import { findNames, likeliest, wikiLink } from '../knowledge/link.ts'
import type { Language } from '../languages.ts'
import type { Input, Output } from '../schemas.ts'
import { placesOf } from './occurrences.ts'
import type { Services } from './services.ts'
import { idOf } from './wikidata-ids.ts'

export class Linker {
  readonly #knowledge: KnowledgeBase
  readonly #services: Services

  constructor(knowledge: KnowledgeBase, services: Services) {
    this.#knowledge = knowledge
    this.#services = services
  }

  get missing(): string | undefined {
    return this.#services.missing
  }

  /** Finds entities only if the list is absent; an empty list stays empty. */
  async link({ content, entities }: Input, language: Language, signal: AbortSignal): Promise<Output> {
    // Replaces single characters, so that positions still refer to the text as sent.
    const text = content.replace(/[\r\n]/g, ' ')
    const found = entities ?? (await this.#find(text, language, signal))
    if (found.length === 0) return { entities: [] }
    const idFor = this.#services.links
      ? await this.#fromService(text, found, language, signal)
      : this.#fromKnowledge(text)
    return {
      entities: found.map((mention) => {
        const id = idFor(mention)
        return id === undefined ? mention : { ...mention, wiki_link: wikiLink(id) }
      }),
    }
  }

  #find(text: string, language: Language, signal: AbortSignal): Promise<Mention[]> | Mention[] {
    return this.#services.findsEntities
      ? this.#services.entities(text, language, signal)
      : findNames(text, this.#knowledge, language)
  }

  async #fromService(text: string, found: readonly Mention[], language: Language, signal: AbortSignal) {
    const places = placesOf(
      text,
      found.flatMap((mention) => mentionText(mention) ?? []),
    )
    const linked = places.length === 0 ? [] : await this.#services.linked(text, language, places, signal)
    return (mention: Mention): string | undefined => {
      const name = mentionText(mention)
      return name === undefined ? undefined : idOf(name, linked)
    }
  }

  #fromKnowledge(text: string) {
    const topic = topicWords(text)
    return (mention: Mention): string | undefined => {
      const name = mentionText(mention)
      return name === undefined ? undefined : likeliest(this.#knowledge, name, mention.entity_type, topic)?.id
    }
  }
}
