/** Summaries of a text: extracted sentences or, if a language model is set, written by it. */
import path from 'node:path'
import { defineModel, type ItemResult } from '@servery/serving/model'
import { readPrompts } from './abstractive/prompts.ts'
import { Writer } from './abstractive/write.ts'
import { summariseInThread } from './extractive/in-thread.ts'
import { summarise } from './extractive/summarise.ts'
import { checkLanguage, LANGUAGES, type Language } from './languages.ts'
import { params } from './params.ts'
import { type Configuration, configuration, input, type Output, output } from './schemas.ts'

const PROMPTS = path.join(import.meta.dirname, '../data/prompts')

export default defineModel({
  module: import.meta.url,
  wire: { native: { body: 'bare', flat: true } },
  input,
  configuration,
  output,
  params,
  bio: { languages: LANGUAGES },
  example: {
    configuration: { desired_length: 15 },
    inputs: [
      {
        content:
          'The council met on Tuesday. It voted to reopen the old swimming baths by June, funded by a lottery grant.',
      },
    ],
  },

  runnerFor: ({ SERVERY_SUMMARIZATION_UPSTREAM: upstream }) => (upstream === '' ? 'process' : 'async'),

  async load({ settings, onUnload }): Promise<Writer | undefined> {
    if (settings.SERVERY_SUMMARIZATION_UPSTREAM === '') return undefined
    const writer = new Writer(settings, readPrompts(PROMPTS), summariseInThread)
    onUnload(() => writer.close())
    return writer
  },

  predict(items, writer, signal) {
    return Promise.all(
      items.map(({ input: { content }, configuration }) =>
        writer ? writer.summarise(content, configuration, signal) : extracted(content, configuration),
      ),
    )
  },

  cost: ({ input: { content } }) => 1 + Math.ceil(content.length / 16),

  validate({ configuration: { lang, target_lang } }) {
    checkLanguage(lang, 'lang')
    if (target_lang !== null) checkLanguage(target_lang, 'target_lang')
  },
})

function extracted(content: string, { lang, target_lang, desired_length }: Configuration): ItemResult<Output> {
  if (target_lang !== null && target_lang !== lang) {
    const detail = `A summary in ${target_lang} of a text in ${lang} has to be written by a language model: set SERVERY_SUMMARIZATION_UPSTREAM.`
    return { error: { code: 'UNSUPPORTED_LANGUAGE', detail } }
  }
  return { output: { summary: summarise(content, lang as Language, desired_length), method: 'extractive' } }
}
