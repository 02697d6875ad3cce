/** Schemas of ner, with the names and defaults of the reference contract; additions are marked. */
import { entity } from '@servery/entities'
import { type Static, Type } from '@servery/schema'

export const input = Type.Object({ content: Type.String() }, { additionalProperties: false })

export const configuration = Type.Object({
  return_pos: Type.Boolean({ default: true, description: 'Whether the answer includes the positions of entities' }),
  language: Type.String({ default: 'en', description: 'ISO 639-1 code of the language of the text' }),
  content_type: Type.Enum(['text/plain', 'text/html'], {
    default: 'text/plain',
    description: 'text/html: markup is ignored; offsets refer to the HTML as sent. Not in the reference.',
  }),
})

export const output = Type.Object({ predicted_content: Type.Array(entity) })

export type Configuration = Static<typeof configuration>
export type Output = Static<typeof output>
