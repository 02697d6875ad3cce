// A text to its vector, over the artifact of keywords: as little of our own as a model can have, so that what is measured
// is the server. The answer is base64 of 384 float32 (little-endian), or the same as JSON numbers.
import { Type } from '@servery/schema'
import { defineModel } from '@servery/serving/model'

/**
 * @param {string} module import.meta.url of the module that exports the model: worker processes import it
 * @param {{ maxBatchCost?: number, byLength: boolean, batchTokens?: number, encoding?: 'base64' | 'json', runner?: 'process' | 'in-process' }} policy
 *   `byLength`: batches are cut by estimated tokens; else first come, first served, `maxBatchCost` items at a time.
 *   `batchTokens`: largest padded size of one run; Infinity runs a batch as it came
 */
export function embedModel(module, { maxBatchCost, byLength, batchTokens, encoding = 'base64', runner = 'process' }) {
  return defineModel({
    module,
    runner,
    input: Type.Object({ content: Type.String() }),
    configuration: Type.Object({}),
    output: encoding === 'json' ? Type.Array(Type.Number()) : Type.String(),
    example: { inputs: [{ content: 'Tidal turbines power the town.' }] },
    ...(maxBatchCost === undefined ? {} : { maxBatchCost }),
    ...(byLength ? { cost: ({ input: { content } }) => content.length / 5 } : {}),

    async load({ directory, card, settings: { device } }) {
      const { openSentenceEncoder } = await import('@servery/onnx')
      return openSentenceEncoder(directory, {
        maxTokens: card.max_tokens,
        device,
        ...(batchTokens ? { batchTokens } : {}),
      })
    },

    async predict(items, encoder) {
      const { vectors } = await encoder.encode(items.map(({ input }) => input.content))
      return vectors.map((vector) => ({
        output:
          encoding === 'json'
            ? [...vector]
            : Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64'),
      }))
    },
  })
}
