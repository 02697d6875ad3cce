/** From a text and its entities to the same entities with links. */
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

  /** An empty list of entities is an answer, too: only a list that is absent is made. */
  async link({ content, entities }: Input, language: Language, signal: AbortSignal): Promise<Output> {
    // One to one, so that places hold in the text as sent.
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
