/**
 * A named entity, as an answer of ner (`entity`) and as part of a request about entities (`mention`). Every entity is a
 * valid mention, so the answer of ner can be sent on unchanged.
 */
import { type Static, Type } from '@servery/schema'

const offset = (description: string) => Type.Integer({ minimum: 0, description })

/** Positions are absent if the request does not ask for them. */
export const entity = Type.Object({
  entity_type: Type.String({ minLength: 1, description: 'PER person, ORG organisation, LOC location' }),
  entity_text: Type.String({ minLength: 1, description: 'Name of the entity, as spelled in the text' }),
  score: Type.Number({ minimum: 0, maximum: 1, description: 'Mean probability of its words' }),
  sentence_index: offset('Sentence of the text, from 0'),
  start: Type.Optional(offset('First UTF-16 unit within the sentence')),
  end: Type.Optional(offset('End within the sentence, exclusive')),
  document_start: Type.Optional(offset('First UTF-16 unit within the text as sent')),
  document_end: Type.Optional(offset('End within the text as sent, exclusive')),
})

const optional = <T extends Type.TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]))

/** `text` or `entity_text` holds the name; other fields are optional, unknown ones are allowed. */
export const mention = Type.Object(
  {
    text: optional(Type.String({ description: 'Name of the entity in the text' })),
    entity_text: optional(Type.String({ description: 'The same as `text`, in the field name of ner' })),
    entity_type: optional(Type.String()),
    score: optional(Type.Union([Type.Number(), Type.String()])),
    sentence_index: optional(offset('Sentence that holds the entity, from 0')),
    sentence_indexes: optional(Type.Array(offset('Sentence that holds the entity, from 0'), { maxItems: 1_000 })),
    start: optional(offset('First UTF-16 unit within the sentence')),
    end: optional(offset('End within the sentence, exclusive')),
    document_start: optional(offset('First UTF-16 unit within the text')),
    document_end: optional(offset('End within the text, exclusive')),
  },
  { additionalProperties: true },
)

export type Entity = Static<typeof entity>
export type Mention = Static<typeof mention>

/** The name of a mention: its `text`, else its `entity_text`; undefined if it has neither. */
export function mentionText({ text, entity_text }: Pick<Mention, 'text' | 'entity_text'>): string | undefined {
  return text || entity_text || undefined
}
