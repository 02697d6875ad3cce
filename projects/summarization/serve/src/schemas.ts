/** Schemas of summarization, with the names and defaults of the reference contract. */
import { type Static, Type } from '@servery/schema'
import { LANGUAGES } from './languages.ts'

export const input = Type.Object({ content: Type.String() }, { additionalProperties: false })

const penalty = (what: string) =>
  Type.Number({ default: 0, minimum: -2, maximum: 2, description: `${what} (upstream)` })

export const configuration = Type.Object({
  desired_length: Type.Integer({
    default: 100,
    minimum: 1,
    maximum: 2_000,
    description: 'Maximum number of words of the summary',
  }),
  lang: Type.String({ default: 'en', description: `Language of the content: ${LANGUAGES.join(', ')}` }),
  target_lang: Type.Union([Type.String(), Type.Null()], {
    default: null,
    description: 'Language of the summary; null means that of the content. Another language needs an upstream',
  }),
  fallback: Type.Union([Type.Literal('extractive'), Type.Null()], {
    default: null,
    description: 'What to answer when the upstream fails: an extractive summary, or null for the error',
  }),
  model: Type.Union([Type.String({ maxLength: 200 }), Type.Null()], {
    default: null,
    description: 'Model of the upstream; null means the configured one',
  }),
  max_tokens: Type.Integer({
    default: 512,
    minimum: 1,
    maximum: 32_768,
    description: 'Maximum number of tokens to generate (upstream)',
  }),
  temperature: Type.Number({
    default: 0.7,
    minimum: 0,
    maximum: 2,
    description: 'Randomness of the wording (upstream)',
  }),
  top_p: Type.Number({
    default: 1,
    minimum: 0,
    maximum: 1,
    description: 'Probability mass of the words to sample from (upstream)',
  }),
  presence_penalty: penalty('Penalty for words that already occur'),
  frequency_penalty: penalty('Penalty for words by their number of occurrences'),
})

export const output = Type.Object({
  summary: Type.String({ description: 'Empty for a text without words' }),
  method: Type.Union([Type.Literal('extractive'), Type.Literal('abstractive')], {
    description: 'extractive: sentences of the text; abstractive: written by the upstream',
  }),
  fallback_reason: Type.Optional(
    Type.String({ description: 'Why the summary is extractive although an upstream is set' }),
  ),
})

export type Configuration = Static<typeof configuration>
export type Output = Static<typeof output>
