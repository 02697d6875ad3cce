/** The model card of a version: what is read of it, and that it may be used. docs/model-card.md is made from the schema. */
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { modelLoadFailed, notThere } from './errors.ts'
import { CARD_FILE } from './layout.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))

/** Only fields that Servery reads are named; a card may hold any other, which bio shows as it stands. */
export const cardSchema = Type.Object(
  {
    name: text('MODEL-ID, for example KEYWORDS-COMPILED'),
    description: text('What the model does, in a sentence; the description of the version in the registry'),
    languages: Type.Optional(
      Type.Array(Type.String(), { description: 'Languages that the model answers, as BCP 47 tags; shown in bio' }),
    ),
    max_tokens: Type.Optional(
      Type.Integer({ minimum: 1, description: 'The model reads only so many tokens of a text; shown in bio' }),
    ),
    quantisation: Type.Optional(
      Type.Object(
        {},
        {
          additionalProperties: true,
          description: 'How weights and activations were made int8; its presence asks for a CPU with int8 instructions',
        },
      ),
    ),
    scores: Type.Optional(
      Type.Unsafe<unknown>({ description: 'Measured quality; every number below it becomes a metric in MLflow' }),
    ),
  },
  { additionalProperties: true },
)

/** `model_card.json` as it stands. */
export type ModelCard = Static<typeof cardSchema> & { readonly [field: string]: unknown }

/** Reads the card that lies in a version's folder. @throws ServeryError `MODEL_LOAD_FAILED` when it is missing or not a card */
export async function readCard(directory: string, name = directory): Promise<ModelCard> {
  return parseCard(await readFile(path.join(directory, CARD_FILE), 'utf8').catch(notThere), name)
}

/** The same at once, for a start that reads nothing else meanwhile. @throws ServeryError as `readCard` */
export function readCardSync(directory: string, name = directory): ModelCard {
  let card: string | undefined
  try {
    card = readFileSync(path.join(directory, CARD_FILE), 'utf8')
  } catch (error) {
    notThere(error as NodeJS.ErrnoException)
  }
  return parseCard(card, name)
}

/** @param json undefined when there is no card @throws ServeryError `MODEL_LOAD_FAILED` naming the field that is wrong */
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
