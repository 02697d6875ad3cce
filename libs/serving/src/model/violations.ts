/** Converts schema errors to places in the request. Handles errors of Ajv and of TypeBox, which have the same shape. */
import { ServeryError, type Violation } from '@servery/core'

export interface SchemaFault {
  readonly instancePath: string
  readonly schemaPath: string
  readonly message?: string
  readonly keyword: string
  readonly params: object
}

/** Longest name of an unknown field in an error, so that a hostile one is not echoed in full. */
const NAME_LENGTH = 64
const UNKNOWN = 'is not a known field'

/**
 * The error for a value that does not match its schema, with the first place that is wrong. If a value may be one thing or a list,
 * each of these branches has a first place: only the deepest ones show what is wrong.
 *
 * @param what the name of the value in messages, for example `body`
 * @param base pointer to the value in the request, for example `/inputs/3`; empty for the whole request
 */
export function invalidInput(faults: readonly SchemaFault[], what: string, base: string): ServeryError {
  // Helpful only if there is nothing else: that an unknown field has the schema false, and that no branch matches.
  const first = firstOfBranches(without('boolean', faults))
  const violations = without('anyOf', first).map((fault) => violationOf(fault, base))
  const depth = Math.max(...violations.map(depthOf))
  return invalidAt(
    what,
    violations.filter((violation) => depthOf(violation) === depth),
  )
}

/** The error for violations, the first of which it names. */
export function invalidAt(what: string, violations: readonly Violation[]): ServeryError {
  const { pointer, detail } = violations[0] as Violation
  return new ServeryError('INVALID_INPUT', `The ${what} is not valid: ${pointer || '/'} ${detail}.`, { violations })
}

/** The faults with other keywords, if there are any. */
function without(keyword: string, faults: readonly SchemaFault[]): readonly SchemaFault[] {
  const others = faults.filter((fault) => fault.keyword !== keyword)
  return others.length > 0 ? others : faults
}

/** The first fault of each branch of a schema; what follows a fault inside the branches of the same schema is left out. */
function firstOfBranches(faults: readonly SchemaFault[]): readonly SchemaFault[] {
  const seen: string[] = []
  return faults.filter(({ schemaPath }) => {
    const branch = schemaPath.match(/^.*\/anyOf\/\d+/)?.[0] ?? '#'
    if (seen.some((other) => branch === other || branch.startsWith(`${other}/`))) return false
    seen.push(branch)
    return true
  })
}

function depthOf({ pointer }: Violation): number {
  return pointer.split('/').length
}

function violationOf({ instancePath, keyword, message, params }: SchemaFault, base: string): Violation {
  const pointer = `${base}${instancePath}`
  if (keyword === 'additionalProperties') return unknownField(pointer, propertyIn(params))
  if (keyword === 'boolean') return unknownFieldAt(pointer)
  if (keyword === 'required') return { pointer: `${pointer}/${propertyIn(params)}`, detail: 'is required' }
  return { pointer, detail: message ?? 'is not valid' }
}

/** The violation by a field that the object at `pointer` must not have. */
export function unknownField(pointer: string, name: string): Violation {
  const escaped = name.slice(0, NAME_LENGTH).replaceAll('~', '~0').replaceAll('/', '~1') // RFC 6901
  return { pointer: `${pointer}/${escaped}`, detail: UNKNOWN }
}

/** The same, for the pointer to the field itself. TypeBox reports no more than this of many unknown fields. */
function unknownFieldAt(pointer: string): Violation {
  return { pointer: pointer.slice(0, pointer.lastIndexOf('/') + 1 + NAME_LENGTH), detail: UNKNOWN }
}

/** The property that an error is about: Ajv names one, TypeBox lists several. */
function propertyIn(params: object): string {
  return String(Object.values(params).flat()[0])
}
