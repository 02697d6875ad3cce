/** The model card of a version: reads and checks it. docs/model-card.md is generated from the schema. */
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { type Static, Type, Value } from '@servery/schema'
import { modelLoadFailed, notThere } from './errors.ts'
import { cardFile } from './layout.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))

/** Only the fields that Servery reads; a card may hold any others, which `/bio` shows unchanged. */
export const cardSchema = Type.Object(
  {
    definition: text(
      'Name of the project that answers the version, where that is not the name under which it is served',
    ),
    name: text('MODEL-ID, for example KEYWORDS-COMPILED'),
    description: text('What the model does, in one sentence; becomes the description of the version in the registry'),
    languages: Type.Optional(
      Type.Array(Type.String(), { description: 'Languages that the model supports, as BCP 47 tags; shown by /bio' }),
    ),
    max_tokens: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Maximum number of tokens of a text that the model reads; shown by /bio',
      }),
    ),
    quantisation: Type.Optional(
      Type.Object(
        {},
        {
          additionalProperties: true,
          description:
            'How the model was quantised to int8; if present, the server warns on a CPU without int8 instructions',
        },
      ),
    ),
    scores: Type.Optional(
      Type.Unsafe<unknown>({ description: 'Measured quality; every number in it becomes a metric in MLflow' }),
    ),
  },
  { additionalProperties: true },
)

/** The content of `model_card.json`. */
export type ModelCard = Static<typeof cardSchema> & { readonly [field: string]: unknown }

/** Reads the card in a version's folder. @throws ServeryError `MODEL_LOAD_FAILED` if it is missing or not valid */
export async function readCard(directory: string, name = directory): Promise<ModelCard> {
  return parseCard(await readFile(cardFile(directory), 'utf8').catch(notThere), name)
}

/** Synchronous `readCard`, for the start of a server. @throws ServeryError as `readCard` */
export function readCardSync(directory: string, name = directory): ModelCard {
  let card: string | undefined
  try {
    card = readFileSync(cardFile(directory), 'utf8')
  } catch (error) {
    notThere(error as NodeJS.ErrnoException)
  }
  return parseCard(card, name)
}

/** @param json undefined if there is no card @throws ServeryError `MODEL_LOAD_FAILED` naming the field that is not valid */
export function parseCard(json: string | undefined, name: string): ModelCard {
  let card: unknown
  try {
    card = JSON.parse(json ?? '')
  } catch (error) {
    throw modelLoadFailed(`The card of ${name} is missing or not valid JSON.`, error)
  }
  if (Value.Check(cardSchema, card)) return card as ModelCard
  const [fault] = Value.Errors(cardSchema, card)
  throw modelLoadFailed(`The card of ${name} cannot be used: ${fault?.instancePath || 'it'} ${fault?.message}.`)
}
