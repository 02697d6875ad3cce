/** Converts schema errors to places in the request. Handles errors of Ajv and of TypeBox, which have the same shape. */
import { ServeryError, type Violation } from '@servery/core'

export interface SchemaFault {
  readonly instancePath: string
  readonly message?: string
  readonly keyword: string
  readonly params: object
}

/** Not helpful on their own: that no branch of a union matches, and that an unknown field has the schema false. */
const GENERIC_KEYWORDS = ['anyOf', 'boolean']

/**
 * The error for a value that does not match its schema. If a value may be one thing or a list, every branch reports errors:
 * only the deepest ones show what is wrong.
 *
 * @param what the name of the value in messages, for example `body`
 * @param base pointer to the value in the request, for example `/inputs/3`; empty for the whole request
 */
export function invalidInput(faults: readonly SchemaFault[], what: string, base: string): ServeryError {
  const specific = faults.filter(({ keyword }) => !GENERIC_KEYWORDS.includes(keyword))
  const violations = (specific.length > 0 ? specific : faults).map((fault) => violationOf(fault, base))
  const depth = Math.max(...violations.map(({ pointer }) => pointer.split('/').length))
  const deepest = violations.filter(({ pointer }) => pointer.split('/').length === depth)
  const { pointer, detail } = deepest[0] as Violation
  return new ServeryError('INVALID_INPUT', `The ${what} is not valid: ${pointer || '/'} ${detail}.`, {
    violations: deepest,
  })
}

function violationOf({ instancePath, keyword, message, params }: SchemaFault, base: string): Violation {
  const pointer = `${base}${instancePath}`
  if (keyword === 'additionalProperties')
    return { pointer: `${pointer}/${escapePointer(propertyIn(params))}`, detail: 'is not a known field' }
  if (keyword === 'required') return { pointer: `${pointer}/${propertyIn(params)}`, detail: 'is required' }
  return { pointer, detail: message ?? 'is not valid' }
}

/** The property that an error is about: Ajv names one, TypeBox lists several. */
function propertyIn(params: object): string {
  return String(Object.values(params).flat()[0])
}

/** RFC 6901. Long field names are cut, so that a hostile one is not echoed in full. */
function escapePointer(name: string): string {
  return name.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')
}
