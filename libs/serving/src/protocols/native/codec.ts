/** The bodies of the native protocol: their schemas, and their conversion to and from the canonical form. Pure. */
import { type ErrorOptions, ServeryError, type Violation } from '@servery/core'
import { type TObject, type TSchema, Type } from '@servery/schema'
import type { Operation } from '../../model/model.ts'
import type { ModelRequest } from '../../model/request.ts'
import { invalidAt, unknownField } from '../../model/violations.ts'

/**
 * How a body holds its inputs, and how they are answered:
 * `list` accepts only a list; `wrapped` also accepts one object and answers `{outputs: output}`; `bare` also accepts one object
 * and answers the output itself. A list is always answered with `{outputs: [output, …]}`.
 * `together` accepts a list that is one input as a whole, with `input` as the schema of the list, and answers the output itself.
 */
export type BodyShape = 'list' | 'wrapped' | 'bare' | 'together'

export interface NativeHints {
  /** Default `wrapped`. */
  readonly body?: BodyShape
  /** Also accepts a flat body for one input, with the fields of input and configuration side by side: `{content, lang}`. */
  readonly flat?: boolean
}

declare module '../../model/model.ts' {
  interface WireHints {
    readonly native?: NativeHints
  }
}

export interface PredictBody {
  readonly configuration?: Readonly<Record<string, unknown>>
  readonly inputs: unknown
}

/** Schema of the request body of an operation. @param maxItems maximum number of inputs */
export function requestSchema(operation: Operation, maxItems: number): TSchema {
  return Type.Object(
    {
      configuration: Type.Optional(Type.Partial(operation.configuration, { additionalProperties: false, default: {} })),
      inputs: inputsSchema(operation, maxItems),
    },
    { additionalProperties: false },
  )
}

function inputsSchema(operation: Operation, maxItems: number): TSchema {
  const shape = shapeOf(operation)
  if (shape === 'together') return operation.input
  const list = Type.Array(operation.input, { minItems: 1, description: `At most ${maxItems} inputs` })
  return shape === 'list' ? list : Type.Union([operation.input, list])
}

/** Schema of the response body of an operation. */
export function responseSchema(operation: Operation): TSchema {
  const { output } = operation
  const shape = shapeOf(operation)
  if (shape === 'together') return output
  const list = Type.Object({ outputs: Type.Array(output) })
  if (shape === 'list') return list
  return Type.Union([shape === 'bare' ? output : Type.Object({ outputs: output }), list])
}

/**
 * Checks the shape of a body, flat or not, and nests it. What its inputs and its configuration hold is not checked.
 * @throws ServeryError `INVALID_INPUT`
 */
export function readBody(operation: Operation, sent: unknown): PredictBody {
  const body = takesFlatBodies(operation) ? nestedBody(operation, sent) : sent
  const violation = violationIn(operation, body)
  if (violation !== undefined) throw invalidAt('request', [violation])
  return body as PredictBody
}

function violationIn(operation: Operation, body: unknown): Violation | undefined {
  if (!isObject(body)) return { pointer: '', detail: 'must be object' }
  if (!Object.hasOwn(body, 'inputs')) return { pointer: '/inputs', detail: 'is required' }
  const unknown = Object.keys(body).find((field) => field !== 'inputs' && field !== 'configuration')
  if (unknown !== undefined) return unknownField('', unknown)
  if (shapeOf(operation) === 'list' && !Array.isArray(body.inputs))
    return { pointer: '/inputs', detail: 'must be array' }
  return undefined
}

/** Converts a flat body to `{configuration, inputs}`; returns any other body unchanged, valid or not. */
export function nestedBody({ input }: Operation, body: unknown): unknown {
  if (!isObject(body) || 'inputs' in body || 'configuration' in body) return body
  const inputFields = Object.keys((input as TObject).properties)
  const [inputs, configuration] = [{}, {}] as [Record<string, unknown>, Record<string, unknown>]
  for (const [field, value] of Object.entries(body))
    (inputFields.includes(field) ? inputs : configuration)[field] = value
  return { configuration, inputs }
}

/** Whether an operation accepts flat bodies. */
function takesFlatBodies({ wire }: Operation): boolean {
  return wire?.native?.flat === true
}

/** @param body as `readBody` returns it */
export function decodeRequest(operation: Operation, { inputs, configuration = {} }: PredictBody): ModelRequest {
  return { configuration, inputs: isList(operation, inputs) ? (inputs as unknown[]) : [inputs] }
}

/** The body of a request; a single input is not wrapped in a list if the operation accepts that. */
export function encodeRequest(
  operation: Operation,
  { inputs, configuration }: Omit<ModelRequest, 'operation'>,
): PredictBody {
  const alone = inputs.length === 1 && shapeOf(operation) !== 'list'
  const settings = Object.keys(configuration ?? {}).length > 0 ? { configuration } : {}
  return { ...settings, inputs: alone ? inputs[0] : inputs } as PredictBody
}

/** The response to a body, from the outputs of its inputs. */
export function encodeResponse(operation: Operation, { inputs }: PredictBody, outputs: readonly unknown[]): unknown {
  if (isList(operation, inputs)) return { outputs }
  return shapeOf(operation) === 'wrapped' ? { outputs: outputs[0] } : outputs[0]
}

/** Translates the pointers of an error to the body: input 0 of the canonical form is `/inputs` itself, unless that is a list. */
export function encodePointers(error: ServeryError, operation: Operation, { inputs }: PredictBody): ServeryError {
  const [first] = error.violations
  if (first === undefined || isList(operation, inputs)) return error
  // The message of an invalid request names its first violation.
  const message = error.message.replace(` ${first.pointer} `, ` ${pointerInBody(first.pointer)} `)
  const violations = error.violations.map(({ pointer, detail }) => ({ pointer: pointerInBody(pointer), detail }))
  const { item, retryAfterSeconds, cause } = error
  const rest = Object.entries({ item, retryAfterSeconds, cause }).filter(([, value]) => value !== undefined)
  return new ServeryError(error.code, message, { violations, ...Object.fromEntries(rest) } satisfies ErrorOptions)
}

function pointerInBody(pointer: string): string {
  return pointer.replace(/^\/inputs\/0(?=\/|$)/, '/inputs')
}

function shapeOf({ wire }: Operation): BodyShape {
  return wire?.native?.body ?? 'wrapped'
}

/** Whether the inputs of a body are a list. */
function isList(operation: Operation, inputs: unknown): boolean {
  return shapeOf(operation) !== 'together' && Array.isArray(inputs)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
