/** The canonical form of a request, to which every protocol decodes, and its conversion to items. */
import { isServeryError, ServeryError } from '@servery/core'
import { Compile, type TObject, Type, type Validator, Value } from '@servery/schema'
import { type Item, type ModelDefinition, type Operation, operationOf } from './model.ts'
import { invalidInput } from './violations.ts'

/** JSON pointers in errors refer to this form: `/inputs/3/content`, `/configuration/language`. */
export interface ModelRequest {
  /** Default `predict`. */
  readonly operation?: string
  readonly inputs: readonly unknown[]
  /** Settings that differ from their defaults. */
  readonly configuration?: Readonly<Record<string, unknown>>
}

export interface SizeLimits {
  /** Maximum number of inputs in one request; an input that is a list counts as its members. */
  readonly maxItems: number
  /** Maximum length of any string field of any input, in UTF-16 units. */
  readonly maxCharacters: number
}

/** An input as an item, or the error why it is not valid. */
export type PreparedInput = Item | ServeryError

/**
 * Checks a request and converts each input to an item with the settings that apply to it.
 *
 * @returns one per input, in order
 * @throws ServeryError for the request as a whole: `ROUTE_NOT_FOUND` for an operation that the model does not have, `INVALID_INPUT`
 *   for a configuration that does not match its schema, `INPUT_TOO_LARGE` for too many inputs
 */
export function prepareInputs(definition: ModelDefinition, request: ModelRequest, limits: SizeLimits): PreparedInput[] {
  const { operation: name = 'predict', inputs, configuration: given = {} } = request
  const operation = operationOf(definition, name)
  if (operation === undefined) throw unknownOperation(definition, name)
  checkCount(inputs, limits)
  const { input: inputValidator, configuration: configurationValidator, withDefaults } = compiledOf(operation)
  checkSchema(configurationValidator, given, '/configuration')
  if (inputs.length === 0) throw noInputs()
  const configuration = withDefaults(given)
  return inputs.map((input, index) => {
    try {
      checkTexts(input, `/inputs/${index}`, limits.maxCharacters)
      checkSchema(inputValidator, input, `/inputs/${index}`)
      const own = operation.configure?.(configuration as never, index, inputs.length) ?? configuration
      const item: Item = { input, configuration: own, operation: name }
      operation.validate?.(item as Item<never, never>)
      return item
    } catch (error) {
      if (isServeryError(error)) return atInput(error, index)
      throw error
    }
  })
}

const UNLIMITED = { maxItems: Number.POSITIVE_INFINITY, maxCharacters: Number.POSITIVE_INFINITY }

/** The items of a request, by default of any size. @throws ServeryError as `prepareInputs`, and for the first input that is not valid */
export function itemsOf(definition: ModelDefinition, request: ModelRequest, limits: SizeLimits = UNLIMITED): Item[] {
  return allItems(prepareInputs(definition, request, limits))
}

/** @throws ServeryError of the first input that cannot be asked */
export function allItems(inputs: readonly PreparedInput[]): Item[] {
  const refused = inputs.filter(isServeryError)
  // A request that is too large is split first, whatever else is wrong with it.
  const first = refused.find(({ code }) => code === 'INPUT_TOO_LARGE') ?? refused[0]
  if (first !== undefined) throw first
  return inputs as Item[]
}

function checkCount(inputs: readonly unknown[], { maxItems }: SizeLimits): void {
  const count = inputs.reduce<number>((sum, input) => sum + (Array.isArray(input) ? input.length : 1), 0)
  if (count > maxItems)
    throw tooLarge(
      '/inputs',
      `${count} inputs; at most ${maxItems} are accepted (SERVERY_MAX_ITEMS). Split the request.`,
    )
}

function noInputs(): ServeryError {
  return new ServeryError('INVALID_INPUT', 'The request has no inputs; send at least one.', {
    violations: [{ pointer: '/inputs', detail: 'must NOT have fewer than 1 items' }],
  })
}

/** Checks an input that is a text, the string fields of one that is an object, and those of the members of a list. */
function checkTexts(input: unknown, pointer: string, maxCharacters: number): void {
  if (typeof input === 'string') checkText(input, pointer, maxCharacters)
  else if (Array.isArray(input)) input.forEach((member, i) => void checkTexts(member, `${pointer}/${i}`, maxCharacters))
  else
    for (const [field, value] of Object.entries(input ?? {}))
      if (typeof value === 'string') checkText(value, `${pointer}/${field}`, maxCharacters)
}

function checkText(text: string, pointer: string, maxCharacters: number): void {
  if (text.length <= maxCharacters) return
  throw tooLarge(
    pointer,
    `${text.length} characters; at most ${maxCharacters} are accepted (SERVERY_MAX_CHARACTERS). Split the text.`,
  )
}

type Settings = Readonly<Record<string, unknown>>

interface CompiledOperation {
  readonly input: Validator
  readonly configuration: Validator
  /** @param given a valid configuration */
  readonly withDefaults: (given: Settings) => Settings
}

/** Compiled on the first request of an operation. */
const compiled = new WeakMap<Operation, CompiledOperation>()

function compiledOf(operation: Operation): CompiledOperation {
  const known = compiled.get(operation)
  if (known !== undefined) return known
  const { input, configuration } = operation
  const made = {
    input: Compile(input),
    configuration: Compile(Type.Partial(configuration, { additionalProperties: false })),
    withDefaults: defaultsOf(configuration),
  }
  compiled.set(operation, made)
  return made
}

/** Walking the schema takes 20 µs, so it is done per request only if the fields have defaults inside, which depend on what is given. */
function defaultsOf(schema: TObject): CompiledOperation['withDefaults'] {
  const fields = Object.values(schema.properties).map((field) => ({ ...field, default: undefined }))
  if (JSON.stringify(fields).includes('"default":')) return (given) => Value.Default(schema, { ...given }) as Settings
  const defaults = JSON.stringify(Value.Default(schema, {}))
  return (given) => {
    const settings = JSON.parse(defaults) // a copy, since a model may change its settings
    for (const [name, value] of Object.entries(given)) if (value !== undefined) settings[name] = value
    return settings
  }
}

function checkSchema(validator: Validator, value: unknown, pointer: string): void {
  if (!validator.Check(value)) throw invalidInput(validator.Errors(value), 'request', pointer)
}

/** The error for the name of an operation that a model does not have. */
export function unknownOperation({ operations }: { readonly operations: object }, name: string): ServeryError {
  const known = Object.keys(operations).sort().join(', ')
  return new ServeryError(
    'ROUTE_NOT_FOUND',
    `The model has no operation '${name.slice(0, 64)}'; its operations are ${known}.`,
  )
}

/** Translates pointers of a model into its item (`/input`) to pointers into the request. */
function atInput(error: ServeryError, index: number): ServeryError {
  if (!error.violations.some(({ pointer }) => isOfInput(pointer))) return error
  return new ServeryError(error.code, error.message, {
    cause: error.cause,
    ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
    violations: error.violations.map(({ pointer, detail }) => ({
      pointer: isOfInput(pointer) ? pointer.replace('/input', `/inputs/${index}`) : pointer,
      detail,
    })),
  })
}

function isOfInput(pointer: string): boolean {
  return pointer === '/input' || pointer.startsWith('/input/')
}

function tooLarge(pointer: string, detail: string): ServeryError {
  return new ServeryError('INPUT_TOO_LARGE', `The request is too large: ${detail}`, {
    violations: [{ pointer, detail }],
  })
}
