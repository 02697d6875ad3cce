/** What lsh takes and answers: the names and defaults of the reference contract, and the comparison beside it. */
import { type Static, Type } from 'typebox'
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
  shingle_list: Type.Integer({ default: 5, minimum: 1, maximum: 100, description: 'Words of a shingle' }),
  threshold: Type.Number({
    default: 0.6,
    minimum: 0,
    maximum: 1,
    description: 'Similarity above which two texts should have a band in common',
  }),
  num_perm: Type.Integer({
    default: 128,
    minimum: 2,
    maximum: 1_024,
    description: 'Permutations: values of a signature',
  }),
  algorithm,
})

const signatureAlgorithm = Type.String({
  description: 'Name and version of what made the signature; only equal ones may be compared',
})
const bands = Type.Array(Type.String({ maxLength: 16_000 }), {
  minItems: 1,
  maxItems: 1_024,
  description: 'The bands in base64',
})

export const output = Type.Object({
  signature: Type.Union([bands, Type.Null()], {
    description: 'Null for a text of fewer words than a shingle, stop words not counted',
  }),
  signature_algorithm: signatureAlgorithm,
})

/** Texts and signatures to compare: every pair is answered. */
export const compared = Type.Array(
  Type.Union([
    input,
    Type.Object(
      { signature: Type.Union([bands, Type.Null()]), signature_algorithm: signatureAlgorithm },
      { additionalProperties: false },
    ),
  ]),
  { minItems: 2, maxItems: 50, description: 'Texts, or signatures with their algorithm as predict answers them' },
)

const place = Type.Integer({ minimum: 0, description: 'Place of an input in the request, from 0' })
const similarity = (description: string) =>
  Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], { description })

export const comparison = Type.Object({
  signature_algorithm: signatureAlgorithm,
  pairs: Type.Array(
    Type.Object({
      first: place,
      second: place,
      estimated_jaccard: similarity('Share of equal values of the two signatures; null where one is null'),
      exact_jaccard: similarity('Of the two sets of shingles; null unless both are texts with a signature'),
      candidate: Type.Boolean({ description: 'Whether the signatures have a band in common' }),
    }),
  ),
})

export type Configuration = Static<typeof configuration>
export type Compared = Static<typeof compared>
export type Comparison = Static<typeof comparison>
