/** Named entities of a text: persons, organisations and locations. */
import { ServeryError } from '@servery/core'
import { defineModel } from '@servery/serving/model'
import { createRecogniser } from './entities/recognise.ts'
import { openTagger } from './entities/tagger.ts'
import { configuration, input, output } from './schemas.ts'

/** Average of English text. */
const CHARACTERS_PER_TOKEN = 4

export default defineModel({
  module: import.meta.url,
  input,
  configuration,
  output,
  example: {
    configuration: { language: 'en' },
    inputs: [{ content: 'Marta Oyelaran joined Northwind Rail in Lisbon last spring.' }],
  },

  load: async ({ directory, settings, onUnload }) => createRecogniser(await openTagger(directory, settings, onUnload)),

  predict: (items, recognise) => recognise(items),

  cost: ({ input: { content } }) => 1 + content.length / CHARACTERS_PER_TOKEN,

  validate({ configuration: { language } }) {
    if (/^en(-|$)/i.test(language)) return
    const detail = 'is not answered by this model; languages: en'
    throw new ServeryError('UNSUPPORTED_LANGUAGE', `language: '${language.slice(0, 32)}' ${detail}.`, {
      violations: [{ pointer: '/configuration/language', detail }],
    })
  },
})
