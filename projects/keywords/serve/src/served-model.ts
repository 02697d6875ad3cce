/** Keywords of a document: the phrases whose vectors are most similar to the vector of the document. */
import { ServeryError } from '@servery/core'
import { defineModel } from '@servery/serving/model'
import { stopWordsOf } from './keyphrases/candidates.ts'
import { DOCUMENT_MAX_TOKENS, estimatedTokens } from './keyphrases/cost.ts'
import { createExtractor } from './keyphrases/extract.ts'
import { configuration, input, output } from './schemas.ts'

/** About 1.6 kB each. */
const CACHED_PHRASES = 20_000

export default defineModel({
  module: import.meta.url,
  wire: { native: { body: 'list' } },
  input,
  configuration,
  output,
  example: {
    configuration: { keyphrase_ngram_range: [1, 2], top_n: 3, use_mmr: true },
    inputs: [{ document: 'Tidal turbines in the bay now power the harbour town through winter storms.' }],
  },

  async load({ directory, name, version, card, settings, onUnload }) {
    const { openSentenceEncoder, VectorCache } = await import('@servery/onnx')
    const maxTokens = card.max_tokens ?? DOCUMENT_MAX_TOKENS
    const encoder = await openSentenceEncoder(directory, { maxTokens, device: settings.device })
    onUnload(() => encoder.release())
    return createExtractor(encoder, new VectorCache({ model: name, version, maxEntries: CACHED_PHRASES }))
  },

  predict: (items, extract) => extract(items),

  cost: ({ input: { document }, configuration: { keyphrase_ngram_range } }) =>
    estimatedTokens(document, keyphrase_ngram_range as [number, number]),

  configure(settings, index, count) {
    const seeds = settings.seed_keywords
    if (!seeds?.some(Array.isArray)) return settings
    if (seeds.length !== count) throw refusal('seed_keywords', `holds ${seeds.length} lists for ${count} documents`)
    return { ...settings, seed_keywords: seeds[index] as string[] }
  },

  validate({ configuration: { keyphrase_ngram_range, use_mmr, use_maxsum, nr_candidates, top_n, stop_words } }) {
    const [least, most] = keyphrase_ngram_range as [number, number]
    if (least > most) throw refusal('keyphrase_ngram_range', `runs from ${least} down to ${most}`)
    if (use_maxsum && !use_mmr && nr_candidates < top_n)
      throw refusal('nr_candidates', `is ${nr_candidates}, less than top_n, which is ${top_n}`)
    stopWordsOf(stop_words)
  },
})

function refusal(field: string, detail: string): ServeryError {
  return new ServeryError('INVALID_INPUT', `${field} ${detail}.`, {
    violations: [{ pointer: `/configuration/${field}`, detail }],
  })
}
