/** The words of a text: replace the schemas, `load` and `predict` by those of your model. */
import { Type } from '@servery/schema'
import { defineModel } from '@servery/serving/model'

const input = Type.Object({ content: Type.String() }, { additionalProperties: false })

const configuration = Type.Object({
  longest: Type.Integer({ default: 3, minimum: 0, maximum: 100, description: 'Most words in `longest`' }),
})

const output = Type.Object({
  words: Type.Integer({ minimum: 0 }),
  longest: Type.Array(Type.String(), { description: 'The longest words, longest first, each once' }),
})

export default defineModel({
  module: import.meta.url,
  input,
  configuration,
  output,
  example: { configuration: { longest: 2 }, inputs: [{ content: 'Tidal turbines power the town.' }] },
  bio: { languages: ['en'] },

  /** Called once in every worker process. An artifact would be read from `directory`; import its runtime here, not above. */
  async load() {
    return /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu
  },

  /** One result per item, in order; items of different requests share a batch. */
  async predict(items, pattern) {
    return items.map(({ input: { content }, configuration: { longest } }) => {
      const words = content.match(pattern) ?? []
      const byLength = [...new Set(words)].sort((a, b) => b.length - a.length)
      return { output: { words: words.length, longest: byLength.slice(0, longest) } }
    })
  },

  /** Estimated work in tokens, from characters: batches are cut by it. */
  cost: ({ input: { content } }) => 1 + Math.ceil(content.length / 4),
})
