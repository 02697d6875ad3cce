/** What summarization takes and answers: the names and defaults of the reference contract. */
import { type Static, Type } from 'typebox'
import { LANGUAGES } from './languages.ts'

export const input = Type.Object({ content: Type.String() }, { additionalProperties: false })

export const configuration = Type.Object({
  desired_length: Type.Integer({ default: 100, minimum: 1, maximum: 2_000, description: 'Most words of the summary' }),
  lang: Type.String({ default: 'en', description: `Language of the content: ${LANGUAGES.join(', ')}` }),
})

export const output = Type.Object({
  summary: Type.String({ description: 'Empty for a text without words' }),
})

export type Configuration = Static<typeof configuration>
export type Output = Static<typeof output>
