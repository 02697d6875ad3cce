/** What a schema refuses, as places in the request. Takes the faults of Ajv and of TypeBox, which have the same shape. */
import { ServeryError, type Violation } from '@servery/core'

export interface SchemaFault {
  readonly instancePath: string
  readonly message?: string
  readonly keyword: string
  readonly params: object
}

/** Tell nothing by themselves: that no branch of a union fits, and that an unknown field has the schema false. */
const UNTELLING = ['anyOf', 'boolean']

/**
 * The error for a value that its schema refuses. Where a value may be one thing or a list, every branch that fails reports:
 * only the deepest faults say what the caller got wrong.
 *
 * @param what is not valid, in words: `body`
 * @param base pointer of the value in the request, for example `/inputs/3`; empty for all of it
 */
export function invalidInput(faults: readonly SchemaFault[], what: string, base: string): ServeryError {
  const telling = faults.filter(({ keyword }) => !UNTELLING.includes(keyword))
  const violations = (telling.length > 0 ? telling : faults).map((fault) => violationOf(fault, base))
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

/** The property that a fault is about: Ajv names one, TypeBox a list of them. */
function propertyIn(params: object): string {
  return String(Object.values(params).flat()[0])
}

/** RFC 6901; a hostile field name is cut, not echoed at length. */
function escapePointer(name: string): string {
  return name.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')
}
