// The cheapest possible model counts words: it measures only the overhead of a request.
import { Type } from '@servery/schema'
import { defineModel } from '@servery/serving/model'

export const countWords = (text) => text.split(' ').length

export default defineModel({
  module: import.meta.url,
  runner: 'in-process',
  input: Type.Object({ content: Type.String() }),
  configuration: Type.Object({}),
  output: Type.Integer(),
  example: { inputs: [{ content: 'Tidal turbines power the town.' }] },
  async load() {},
  async predict(items) {
    return items.map(({ input }) => ({ output: countWords(input.content) }))
  },
})
