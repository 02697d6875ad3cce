/** Extracts keywords of a batch: candidates per document, vectors of all of them in one call, then a selection per document. */
import type { SentenceEncoder, VectorCache } from '@servery/onnx'
import type { Item, ItemResult } from '@servery/serving/model'
import type { Configuration, Output } from '../schemas.ts'
import { type Candidates, candidatesOf } from './candidates.ts'
import { dot, select } from './select.ts'

type KeywordsItem = Item<{ readonly document: string }, Configuration>
type Extractor = (items: readonly KeywordsItem[]) => Promise<ItemResult<Output>[]>

/** As in the reference, a phrase is truncated to 20 tokens. */
const PHRASE_MAX_TOKENS = 20
/** Weight of the document relative to the mean of its seeds, as in KeyBERT. */
const DOCUMENT_WEIGHT = 3

interface Plan {
  readonly item: KeywordsItem
  readonly candidates: Candidates
  readonly seeds: readonly string[]
}

/** @param cache vectors of phrases and seeds; documents rarely repeat */
export function createExtractor(encoder: Pick<SentenceEncoder, 'encode'>, cache: VectorCache): Extractor {
  return async (items) => {
    const plans = items.map(planOf)
    const documents = await encoder.encode(plans.filter(isNeeded).map(({ item }) => item.input.document))
    const phraseVector = await phraseVectors(encoder, cache, plans.filter(isNeeded).flatMap(textsOf))
    let next = 0
    return plans.map((plan) => {
      if (!isNeeded(plan)) return { output: { predicted_document: [] } }
      const at = next++
      const direction = withSeeds(documents.vectors[at]!, plan.seeds.map(phraseVector))
      const truncated = documents.truncated[at]! || plan.candidates.truncated
      const usage = { tokens: documents.tokens[at]! }
      return { output: keywordsOf(plan, direction, phraseVector), truncated, usage }
    })
  }
}

function planOf(item: KeywordsItem): Plan {
  const seeds = (item.configuration.seed_keywords ?? []) as string[]
  return { item, seeds, candidates: candidatesOf(item.input.document, item.configuration) }
}

/** A document needs a vector only if it has candidates and keywords are requested. */
function isNeeded({ item, candidates }: Plan): boolean {
  return candidates.phrases.length > 0 && item.configuration.top_n > 0
}

function textsOf({ candidates, seeds }: Plan): string[] {
  return [...candidates.phrases.map(({ key }) => key), ...seeds]
}

/** Vectors of all distinct texts, from the cache or from one call; kept in a map, because the cache may evict them meanwhile. */
async function phraseVectors(
  encoder: Pick<SentenceEncoder, 'encode'>,
  cache: VectorCache,
  texts: readonly string[],
): Promise<(text: string) => Float32Array> {
  const vectorByText = new Map<string, Float32Array>()
  const missing: string[] = []
  for (const text of new Set(texts)) {
    const cached = cache.get(text)
    if (cached) vectorByText.set(text, cached)
    else missing.push(text)
  }
  const { vectors } = await encoder.encode(missing, { maxTokens: PHRASE_MAX_TOKENS })
  missing.forEach((text, i) => {
    vectorByText.set(text, vectors[i]!)
    cache.set(text, vectors[i]!)
  })
  return (text) => vectorByText.get(text)!
}

/** Unit vector of (3·document + mean of the seeds) / 4; the document's own vector without seeds. */
function withSeeds(document: Float32Array, seeds: readonly Float32Array[]): Float32Array {
  if (seeds.length === 0) return document
  const sum = document.map(
    (value, i) => DOCUMENT_WEIGHT * value + seeds.reduce((total, seed) => total + seed[i]!, 0) / seeds.length,
  )
  const length = Math.sqrt(dot(sum, sum))
  return length === 0 ? document : sum.map((value) => value / length)
}

function keywordsOf(
  { item, candidates }: Plan,
  direction: Float32Array,
  vectorOf: (text: string) => Float32Array,
): Output {
  const scored = candidates.phrases.map(({ key, text }) => ({
    key,
    text,
    vector: vectorOf(key),
    similarity: dot(vectorOf(key), direction),
  }))
  const predicted = select(scored, item.configuration)
  return {
    predicted_document: predicted.map(({ text, similarity }) => ({
      keyword_token: text,
      keyword_score: rounded(similarity),
    })),
  }
}

/** Rounds to four decimals, as in the reference, and clamps rounding errors to [-1, 1]. */
function rounded(score: number): number {
  return Math.max(-1, Math.min(1, Math.round(score * 10_000) / 10_000))
}
