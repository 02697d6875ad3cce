/** Links the entities of a text to Wikidata, by an entity-fishing service if one is set, otherwise by a local knowledge base. */
import path from 'node:path'
import { defineModel } from '@servery/serving/model'
import { readKnowledge } from './knowledge/knowledge-base.ts'
import { LANGUAGES, languageOf } from './languages.ts'
import { Linker } from './linking/linker.ts'
import { Services } from './linking/services.ts'
import { type Params, params } from './params.ts'
import { configuration, input, output } from './schemas.ts'

const KNOWLEDGE = path.join(import.meta.dirname, '../data/knowledge.jsonl')

export default defineModel({
  module: import.meta.url,
  wire: { native: { body: 'bare', flat: true } },
  input,
  configuration,
  output,
  params,
  bio: { languages: LANGUAGES },
  example: {
    inputs: [
      {
        content: 'The ferry from England reached Ireland at dawn.',
        entities: [{ entity_type: 'LOC', text: 'England' }],
      },
    ],
  },

  runnerFor: (settings) => (asksServices(settings) ? 'async' : 'process'),

  async load({ settings, onUnload }): Promise<Linker> {
    const services = new Services(settings)
    onUnload(() => services.close())
    await services.watch()
    return new Linker(readKnowledge(settings.SERVERY_ENTITY_FISHING_KNOWLEDGE || KNOWLEDGE), services)
  },

  unavailableReason: (linker) => linker.missing,

  predict(items, linker, signal) {
    return Promise.all(
      items.map(async ({ input, configuration: { lang } }) => ({
        output: await linker.link(input, languageOf(lang), signal),
      })),
    )
  },

  cost: ({ input: { content } }) => 1 + Math.ceil(content.length / 16),

  validate: ({ configuration: { lang } }) => void languageOf(lang),
})

function asksServices({ SERVERY_ENTITY_FISHING_UPSTREAM: fishing, SERVERY_ENTITY_FISHING_NER: ner }: Params): boolean {
  return fishing !== '' || ner !== ''
}
