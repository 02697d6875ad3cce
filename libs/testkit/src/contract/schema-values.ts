/** Values made from a schema by a seed: mostly valid, at the edges of its ranges, and now and then of a wrong kind. */
import type { TSchema } from '@servery/schema'
import fc from 'fast-check'

/** The fields of JSON schema that the schemas of models use. */
interface Schema {
  readonly type?: string
  readonly anyOf?: readonly TSchema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly required?: readonly string[]
  readonly items?: TSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
}

const odd = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(-1, 1e308, 2 ** 53, 0.5, '', null, [], {}))
/** One field in so many is of a wrong kind. */
const VALID_PER_ODD = 30

/** @param texts that string fields take beside random ones: words, languages and so on that a model knows */
export function valuesOf(schema: TSchema, texts: readonly string[]): fc.Arbitrary<unknown> {
  const {
    type,
    anyOf,
    enum: choices,
    const: only,
    properties,
    required = [],
    items,
    minItems,
    maxItems,
    minimum,
    maximum,
  } = schema as Schema
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((branch) => valuesOf(branch, texts)))
  if (choices !== undefined) return fc.constantFrom(...choices)
  if (only !== undefined) return fc.constant(only)
  switch (type) {
    case 'object':
      return objectOf(properties ?? {}, required, texts)
    case 'array':
      return fc.array(items === undefined ? odd : mostly(valuesOf(items, texts)), lengthsAround(minItems, maxItems))
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: (minimum ?? 0) - 1, max: Math.min((maximum ?? 100) + 1, 2_000) })
    case 'number':
      return fc.double({ min: (minimum ?? -1) - 0.1, max: (maximum ?? 1) + 0.1, noNaN: true })
    case 'null':
      return fc.constant(null)
    default:
      return textFrom(texts)
  }
}

function objectOf(
  properties: Readonly<Record<string, TSchema>>,
  required: readonly string[],
  texts: readonly string[],
) {
  const named = Object.entries(properties).map(([name, field]) => [name, mostly(valuesOf(field, texts))] as const)
  const known = fc.record(Object.fromEntries(named), { requiredKeys: [...required] })
  const unknown = fc.record({ ...Object.fromEntries(named), ['__proto__']: odd })
  return fc.oneof({ weight: VALID_PER_ODD, arbitrary: known }, { weight: 1, arbitrary: unknown })
}

/** Some below, at and above the least length; never long, so that one body has few parts. */
function lengthsAround(least = 0, most = 4): { minLength: number; maxLength: number } {
  return { minLength: Math.max(0, least - 1), maxLength: Math.min(most + 1, least + 3) }
}

function textFrom(texts: readonly string[]): fc.Arbitrary<string> {
  const random = [fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 })]
  return fc.oneof(...random, fc.constantFrom('\ud800', '<p>Ann&', 'Ann Lee was good; Bob. Why?', ...texts))
}

function mostly(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: VALID_PER_ODD, arbitrary: valid }, { weight: 1, arbitrary: odd })
}

/** JSON bodies from a schema, some of them cut off. The same ones for the same seed. */
export function hostileBodies(schema: TSchema, texts: readonly string[], count: number, seed: number): string[] {
  const body = valuesOf(schema, texts).map((value) => JSON.stringify(value) ?? 'null')
  const broken = body.chain((text) => fc.nat(text.length).map((at) => text.slice(0, at)))
  const any = fc.oneof({ weight: 6, arbitrary: body }, { weight: 1, arbitrary: broken })
  return fc.sample(any, { numRuns: count, seed })
}
