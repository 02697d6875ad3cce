/** Client of the services behind entity-fishing: their requests and responses. */
import { ServeryError } from '@servery/core'
import { type Entity, entity } from '@servery/entities'
import { Upstream } from '@servery/http-client'
import { Type, Value } from '@servery/schema'
import type { Language } from '../languages.ts'
import type { Params } from '../params.ts'
import type { Place } from './occurrences.ts'
import { linkedIn } from './wikidata-ids.ts'

const FISHING = 'The entity-fishing service'
const NER = 'The ner service'
const nerAnswer = Type.Object({ outputs: Type.Object({ predicted_content: Type.Array(entity) }) })

export class Services {
  readonly #settings: Params
  readonly #fishing: Upstream
  readonly #ner: Upstream

  constructor(settings: Params) {
    this.#settings = settings
    const limits = {
      timeoutMs: settings.SERVERY_ENTITY_FISHING_TIMEOUT_MS,
      concurrency: settings.SERVERY_ENTITY_FISHING_CONCURRENCY,
    }
    const key = settings.SERVERY_ENTITY_FISHING_UPSTREAM_KEY
    this.#fishing = new Upstream({ name: FISHING, ...limits, headers: key === '' ? {} : { 'x-api-key': key } })
    this.#ner = new Upstream({ name: NER, ...limits })
  }

  /** Starts to watch the services that are set. */
  async watch(): Promise<void> {
    const { SERVERY_ENTITY_FISHING_UPSTREAM: fishing, SERVERY_ENTITY_FISHING_NER: ner } = this.#settings
    if (this.links) await this.#fishing.watch(route(fishing, '/service/isalive'))
    if (this.findsEntities) await this.#ner.watch(route(ner, '/v1/ready'))
  }

  /** Which services are unavailable, and why; undefined if all are available. */
  get missing(): string | undefined {
    return [this.#fishing.unavailableReason, this.#ner.unavailableReason].filter(Boolean).join('; ') || undefined
  }

  get links(): boolean {
    return this.#settings.SERVERY_ENTITY_FISHING_UPSTREAM !== ''
  }

  get findsEntities(): boolean {
    return this.#settings.SERVERY_ENTITY_FISHING_NER !== ''
  }

  /** The entities of a text. @throws ServeryError `UPSTREAM_FAILED`, `UPSTREAM_TIMEOUT` */
  async entities(content: string, language: Language, signal: AbortSignal): Promise<Entity[]> {
    const body = { configuration: { return_pos: true, language }, inputs: { content } }
    const answer = await this.#ner.post(
      route(this.#settings.SERVERY_ENTITY_FISHING_NER, '/v1/model/ner/predict'),
      body,
      signal,
    )
    if (!Value.Check(nerAnswer, answer)) throw malformed(NER)
    return answer.outputs.predicted_content
  }

  /** The links of the service at these places. @throws ServeryError as above */
  async linked(text: string, language: Language, places: readonly Place[], signal: AbortSignal) {
    const body = { text, language: { lang: language }, mentions: [], nbest: false, sentence: false, entities: places }
    const url = route(this.#settings.SERVERY_ENTITY_FISHING_UPSTREAM, '/service/disambiguate')
    const answer = await this.#fishing.post(url, body, signal)
    try {
      return linkedIn(answer)
    } catch {
      throw malformed(FISHING)
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#fishing.close(), this.#ner.close()])
  }
}

function route(address: string, path: string): string {
  return address.replace(/\/+$/, '') + path
}

function malformed(name: string): ServeryError {
  return new ServeryError('UPSTREAM_FAILED', `${name} answered something of another shape.`)
}
