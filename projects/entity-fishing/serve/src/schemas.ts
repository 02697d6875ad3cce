/** Schemas of entity-fishing, with the names and defaults of the reference contract. */
import { mention } from '@servery/entities'
import { type Static, Type } from '@servery/schema'
import { LANGUAGES } from './languages.ts'

export const input = Type.Object(
  {
    content: Type.String(),
    entities: Type.Optional(
      Type.Union([Type.Array(mention, { maxItems: 1_000 }), Type.Null()], {
        description: 'Entities to link, as answered by ner; if null or absent, they are found in the content first',
      }),
    ),
  },
  { additionalProperties: false },
)

export const configuration = Type.Object({
  lang: Type.String({ default: 'en', description: `Language of the content: ${LANGUAGES.join(', ')}, zh-cn, zh-tw` }),
})

/** The entities as sent or found, with a link where one is known. */
export const output = Type.Object({
  entities: Type.Array(
    Type.Intersect([
      mention,
      Type.Object({
        wiki_link: Type.Optional(Type.String({ pattern: '^https://www\\.wikidata\\.org/wiki/Q[1-9]\\d*$' })),
      }),
    ]),
  ),
})

export type Input = Static<typeof input>
export type Output = Static<typeof output>
