// A model whose artifact is what it answers, {"label": "A", "ballastBytes": 0}: its versions are told apart by their answers.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Type } from '@servery/schema'
import { defineModel } from '@servery/serving/model'

export default defineModel({
  module: import.meta.url,
  input: Type.Object({ content: Type.String() }),
  configuration: Type.Object({}),
  output: Type.String(),
  example: { inputs: [{ content: 'example' }] },

  async load({ directory, onUnload }) {
    const { label, ballastBytes } = JSON.parse(readFileSync(path.join(directory, 'label.json'), 'utf8'))
    let loaded = { label, ballast: Buffer.alloc(ballastBytes, 1) }
    onUnload(() => {
      loaded = undefined
    })
    return () => loaded
  },

  predict: async (items, loaded) => items.map(() => ({ output: loaded().label })),
})
