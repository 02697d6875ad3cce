/** Between the body of a predict request and items: defaults, settings per item, and the shape of the answer. */
import { ServeryError } from '@servery/core'
import { type TObject, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import { type Item, type ModelDefinition, type Operation, operationOf } from './model.ts'

export interface PredictBody {
  readonly configuration?: Readonly<Record<string, unknown>>
  readonly inputs: unknown
}

/** Schema of a predict request. @param maxItems most inputs of one request */
export function requestSchema(definition: Operation, maxItems: number): TSchema {
  return Type.Object(
    {
      configuration: Type.Optional(
        Type.Partial(definition.configuration, { additionalProperties: false, default: {} }),
      ),
      inputs: inputsSchema(definition, maxItems),
    },
    { additionalProperties: false, examples: [definition.example] },
  )
}

/** A flat body as `{configuration, inputs}`; any other body, wrong ones too, as it is. */
export function nestedBody({ input }: Operation, body: unknown): unknown {
  if (!isObject(body) || 'inputs' in body || 'configuration' in body) return body
  const inputFields = Object.keys((input as TObject).properties)
  const [inputs, configuration] = [{}, {}] as [Record<string, unknown>, Record<string, unknown>]
  for (const [field, value] of Object.entries(body))
    (inputFields.includes(field) ? inputs : configuration)[field] = value
  return { configuration, inputs }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function inputsSchema({ body, input }: Operation, maxItems: number): TSchema {
  if (body === 'together') return input
  const list = Type.Array(input, { minItems: 1, description: `At most ${maxItems} inputs` })
  return body === 'list' ? list : Type.Union([input, list])
}

/** Schema of its answer. */
export function responseSchema(definition: Operation): TSchema {
  if (definition.body === 'together') return definition.output
  const list = Type.Object({ outputs: Type.Array(definition.output) })
  if (definition.body === 'list') return list
  const one = definition.body === 'bare' ? definition.output : Type.Object({ outputs: definition.output })
  return Type.Union([one, list])
}

/**
 * The items of a valid request, each with the settings that apply to it.
 * @param name of a further operation of the definition; predict without one
 * @throws ServeryError what the model's `configure` and `validate` refuse; pointers of items begin with `/inputs/<i>`
 */
export function itemsOf(definition: ModelDefinition, body: PredictBody, name?: string): Item[] {
  const operation = operationOf(definition, name)
  const inputs = isList(operation, body) ? (body.inputs as unknown[]) : [body.inputs]
  const configuration = Value.Default(operation.configuration, { ...body.configuration }) as Record<string, unknown>
  return inputs.map((input, index) => {
    const own = operation.configure?.(configuration as never, index, inputs.length) ?? configuration
    const item: Item = { input, configuration: own, ...(name === undefined ? {} : { operation: name }) }
    operation.validate?.(item as Item<never, never>)
    return item
  })
}

/** Whether a body holds several items. */
function isList(operation: Operation, body: PredictBody): boolean {
  return operation.body !== 'together' && Array.isArray(body.inputs)
}

/** The answer to a request from the outputs of its items. */
export function answerOf(operation: Operation, body: PredictBody, outputs: readonly unknown[]): unknown {
  if (isList(operation, body)) return { outputs }
  return operation.body === 'wrapped' ? { outputs: outputs[0] } : outputs[0]
}

export interface SizeLimits {
  /** Most inputs of one request. */
  readonly maxItems: number
  /** Longest text in UTF-16 units, in any string field of any input. */
  readonly maxCharacters: number
}

/** @throws ServeryError `INPUT_TOO_LARGE` naming the limit */
export function checkSize(body: PredictBody, { maxItems, maxCharacters }: SizeLimits): void {
  const isList = Array.isArray(body.inputs)
  const inputs = (isList ? body.inputs : [body.inputs]) as Fields[]
  if (inputs.length > maxItems) {
    throw tooLarge(
      '/inputs',
      `${inputs.length} inputs; at most ${maxItems} are taken (SERVERY_MAX_ITEMS). Split the request.`,
    )
  }
  inputs.forEach((input, index) => {
    checkTexts(input, isList ? `/inputs/${index}` : '/inputs', maxCharacters)
  })
}

type Fields = Readonly<Record<string, unknown>>

function checkTexts(input: Fields, pointer: string, maxCharacters: number): void {
  for (const [field, value] of Object.entries(input)) {
    if (typeof value !== 'string' || value.length <= maxCharacters) continue
    throw tooLarge(
      `${pointer}/${field}`,
      `${value.length} characters; at most ${maxCharacters} are taken (SERVERY_MAX_CHARACTERS). Split the text.`,
    )
  }
}

function tooLarge(pointer: string, detail: string): ServeryError {
  return new ServeryError('INPUT_TOO_LARGE', `The request is too large: ${detail}`, {
    violations: [{ pointer, detail }],
  })
}
