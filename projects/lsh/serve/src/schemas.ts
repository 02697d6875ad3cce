/** Schemas of lsh, with the names and defaults of the reference contract, and of the additional comparison. */
import { type Static, Type } from '@servery/schema'
import type { AlgorithmName } from './signing/algorithms.ts'

export const input = Type.Object({ content: Type.String() }, { additionalProperties: false })

const language = Type.Union([Type.String(), Type.Null()], {
  default: 'en',
  description: 'Stop words of this language are removed; null removes none',
})

const algorithm = Type.Unsafe<AlgorithmName>(
  Type.Union([Type.Literal('words'), Type.Literal('segments')], {
    default: 'words',
    description:
      '`words` signs as the reference does; `segments` keeps combining marks and segments scripts without spaces. Their signatures cannot be compared',
  }),
)

export const configuration = Type.Object({
  language,
  shingle_list: Type.Integer({ default: 5, minimum: 1, maximum: 100, description: 'Number of words per shingle' }),
  threshold: Type.Number({
    default: 0.6,
    minimum: 0,
    maximum: 1,
    description: 'Similarity above which two texts should share a band',
  }),
  num_perm: Type.Integer({
    default: 128,
    minimum: 2,
    maximum: 1_024,
    description: 'Number of permutations, which is the number of values of a signature',
  }),
  algorithm,
})

const signatureAlgorithm = Type.String({
  description: 'Algorithm of the signature, with its version; only signatures of the same algorithm can be compared',
})
const bands = Type.Array(Type.String({ maxLength: 16_000 }), {
  minItems: 1,
  maxItems: 1_024,
  description: 'The bands in base64',
})

export const output = Type.Object({
  signature: Type.Union([bands, Type.Null()], {
    description: 'Null for a text with fewer words than a shingle, not counting stop words',
  }),
  signature_algorithm: signatureAlgorithm,
})

/** Texts and signatures to compare, each with each. */
export const compared = Type.Array(
  Type.Union([
    input,
    Type.Object(
      { signature: Type.Union([bands, Type.Null()]), signature_algorithm: signatureAlgorithm },
      { additionalProperties: false },
    ),
  ]),
  { minItems: 2, maxItems: 50, description: 'Texts, or signatures with their algorithm, as answered by predict' },
)

const place = Type.Integer({ minimum: 0, description: 'Index of an input in the request, from 0' })
const similarity = (description: string) =>
  Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], { description })

export const comparison = Type.Object({
  signature_algorithm: signatureAlgorithm,
  pairs: Type.Array(
    Type.Object({
      first: place,
      second: place,
      estimated_jaccard: similarity('Share of equal values of the two signatures; null if one of them is null'),
      exact_jaccard: similarity(
        'Jaccard similarity of the two sets of shingles; null unless both inputs are texts with a signature',
      ),
      candidate: Type.Boolean({ description: 'Whether the signatures share a band' }),
    }),
  ),
})

export type Configuration = Static<typeof configuration>
export type Compared = Static<typeof compared>
export type Comparison = Static<typeof comparison>
