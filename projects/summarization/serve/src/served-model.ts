/** Summaries of a text made of its own sentences. */
import { defineModel } from '@servery/serving'
import { summarise } from './extractive/summarise.ts'
import { checkLanguage, LANGUAGES, type Language } from './languages.ts'
import { configuration, input, output } from './schemas.ts'

export default defineModel({
  module: import.meta.url,
  body: 'bare',
  flat: true,
  input,
  configuration,
  output,
  bio: { languages: LANGUAGES },
  example: {
    configuration: { desired_length: 15 },
    inputs: {
      content:
        'The council met on Tuesday. It voted to reopen the old swimming baths by June, funded by a lottery grant.',
    },
  },

  load: async () => undefined,

  async predict(items) {
    return items.map(({ input: { content }, configuration: { lang, desired_length } }) => ({
      output: { summary: summarise(content, lang as Language, desired_length) },
    }))
  },

  cost: ({ input: { content } }) => 1 + Math.ceil(content.length / 16),

  validate: ({ configuration: { lang } }) => checkLanguage(lang, 'lang'),
})
