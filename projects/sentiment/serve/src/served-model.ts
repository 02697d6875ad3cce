/** Sentiment of a text and of entities in it. */

import { ServeryError } from '@servery/core'
import { type Mention, mentionText } from '@servery/entities'
import { defineModel } from '@servery/serving/model'
import { configuration, input, output } from './schemas.ts'
import { createAssessor } from './sentiment/assess.ts'
import { openClassifier } from './sentiment/classifier.ts'

/** Average of English text. */
const CHARACTERS_PER_TOKEN = 4

export default defineModel({
  module: import.meta.url,
  input,
  configuration,
  output,
  example: {
    configuration: { entities: [{ entity_type: 'ORG', text: 'Alder Bank', score: '0.98' }] },
    inputs: [{ content: 'Customers praised Alder Bank for its quick help. The queue outside was awful.' }],
  },

  async load({ directory, settings, onUnload }) {
    const classifier = await openClassifier(directory, settings)
    onUnload(() => classifier.release())
    return createAssessor(classifier)
  },

  predict: (items, assess) => assess(items),

  /** With entities, a text is read up to twice. */
  cost: ({ input: { content }, configuration: { entities } }) =>
    1 + (content.length / CHARACTERS_PER_TOKEN) * (entities?.length ? 2 : 1),

  configure(settings, index, count) {
    const { entities } = settings
    if (!entities?.some(Array.isArray)) return settings
    if (entities.length === count) return { ...settings, entities: entities[index] as Mention[] }
    throw refusal('INVALID_INPUT', '/configuration/entities', `holds ${entities.length} lists for ${count} inputs`)
  },

  validate({ configuration: { language, entities } }) {
    if (!/^en(-|$)/i.test(language)) {
      const detail = `'${language.slice(0, 32)}' is not answered by this model; languages: en`
      throw refusal('UNSUPPORTED_LANGUAGE', '/configuration/language', detail)
    }
    const nameless = ((entities ?? []) as Mention[]).findIndex((mention) => mentionText(mention) === undefined)
    if (nameless >= 0) {
      throw refusal('INVALID_INPUT', `/configuration/entities/${nameless}`, 'has neither text nor entity_text')
    }
  },
})

function refusal(code: 'INVALID_INPUT' | 'UNSUPPORTED_LANGUAGE', pointer: string, detail: string): ServeryError {
  return new ServeryError(code, `${pointer.slice(1).replaceAll('/', '.')}: ${detail}.`, {
    violations: [{ pointer, detail }],
  })
}
