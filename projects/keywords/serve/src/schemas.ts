/** Schemas of keywords, with the names and defaults of the reference contract. */
import { type Static, Type } from '@servery/schema'

const words = (description: string) => Type.Array(Type.String({ maxLength: 1_000 }), { maxItems: 1_000, description })

export const input = Type.Object({ document: Type.String() }, { additionalProperties: false })

export const configuration = Type.Object({
  candidates: Type.Union([words('Phrases to choose from'), Type.Null()], {
    default: null,
    description: 'Only these phrases can be keywords, if they occur in the document',
  }),
  keyphrase_ngram_range: Type.Array(Type.Integer({ minimum: 1, maximum: 5 }), {
    minItems: 2,
    maxItems: 2,
    default: [1, 1],
    description: 'Minimum and maximum number of words of a keyword',
  }),
  stop_words: Type.Union([Type.String(), words('Words that no keyword contains'), Type.Null()], {
    default: 'english',
    description: 'english, a language code, a list of words, or null for none',
  }),
  top_n: Type.Integer({ default: 5, minimum: 0, maximum: 100, description: 'Maximum number of keywords per document' }),
  min_df: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 1_000,
    description: 'Minimum number of occurrences of a keyword in its document',
  }),
  use_maxsum: Type.Boolean({
    default: false,
    description: 'Choose the top_n of nr_candidates that are least similar to each other',
  }),
  use_mmr: Type.Boolean({
    default: false,
    description: 'Weigh similarity to the document against similarity to other keywords',
  }),
  diversity: Type.Number({ default: 0.5, minimum: 0, maximum: 1, description: 'Weight of dissimilarity with use_mmr' }),
  nr_candidates: Type.Integer({
    default: 20,
    minimum: 1,
    maximum: 100,
    description: 'Number of candidates of use_maxsum; at least top_n',
  }),
  seed_keywords: Type.Union(
    [words('For every document'), Type.Array(words('For one document'), { maxItems: 1_000 }), Type.Null()],
    {
      default: null,
      description: 'Pull keywords towards these: one list for all documents, or one list per document',
    },
  ),
})

export const output = Type.Object({
  predicted_document: Type.Array(
    Type.Object({ keyword_token: Type.String(), keyword_score: Type.Number({ minimum: -1, maximum: 1 }) }),
  ),
})

export type Configuration = Static<typeof configuration>
export type Output = Static<typeof output>
