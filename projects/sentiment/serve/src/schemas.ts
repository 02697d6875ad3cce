/** Schemas of sentiment, with the names and defaults of the reference contract; additions are marked. */
import { mention } from '@servery/entities'
import { type Static, Type } from '@servery/schema'

export const LABELS = ['negative', 'neutral', 'positive'] as const
/** Maximum number of entities per text, since each is searched for. */
export const MAX_ENTITIES = 1_000

const mentions = Type.Array(mention, { maxItems: MAX_ENTITIES })

export const input = Type.Object({ content: Type.String() }, { additionalProperties: false })

export const configuration = Type.Object({
  entities: Type.Union([mentions, Type.Array(mentions), Type.Null()], {
    default: null,
    description:
      'Entities whose sentiment to predict, as answered by ner or with `text` only; for a list of inputs, one list per input or one for all',
  }),
  language: Type.String({ default: 'en', description: 'ISO 639-1 code of the language of the text' }),
  label_rule: Type.Enum(['calibrated', 'reference'], {
    default: 'calibrated',
    description:
      'calibrated: the likeliest class. reference: the rule of the reference, which marks many neutral texts positive. Not in the reference.',
  }),
  content_type: Type.Enum(['text/plain', 'text/html'], {
    default: 'text/plain',
    description: 'text/html: markup is ignored; positions of entities refer to the HTML as sent. Not in the reference.',
  }),
})

const label = Type.Enum([...LABELS])
const probability = Type.Number({ minimum: 0, maximum: 1 })
const probabilities = {
  negative_prob: probability,
  neutral_prob: probability,
  positive_prob: probability,
}
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const place = Type.Integer({ minimum: 0 })

const assessedEntity = Type.Object({
  entity_type: orNull(Type.String()),
  text: Type.String(),
  score: orNull(Type.Number({ description: 'As sent' })),
  sentence_index: orNull(place),
  start: orNull(place),
  end: orNull(place),
  sentiment: label,
  ...probabilities,
  reason: Type.Optional(
    Type.Enum(['not_in_text'], { description: 'Why the sentiment is neutral although nothing was read' }),
  ),
})

export const output = Type.Object({
  label,
  ...probabilities,
  reason: Type.Optional(
    Type.Enum(['no_words', 'too_short'], { description: 'Why the label is neutral although nothing was read' }),
  ),
  entities: orNull(Type.Array(assessedEntity)),
})

export type Configuration = Static<typeof configuration>
export type Output = Static<typeof output>
export type AssessedEntity = Static<typeof assessedEntity>
export type Label = (typeof LABELS)[number]
