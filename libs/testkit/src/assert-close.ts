/** Comparison of nested values in which numbers may differ by a stated tolerance. */
import { AssertionError } from 'node:assert'

export interface Tolerance {
  /** Largest absolute difference of two numbers, inclusive; in the unit of the numbers. */
  readonly atol: number
}

/**
 * Passes when both values have the same structure, numbers within `atol` and everything else identical. Arrays and
 * typed arrays compare with each other by element; NaN equals NaN and an infinity itself.
 *
 * @throws AssertionError at the first difference, with its path and both values: `$.vectors[3][17]: 0.25 is not within 1e-5 of 0.5`
 */
export function assertClose(actual: unknown, expected: unknown, { atol }: Tolerance): void {
  compare(actual, expected, '$', atol)
}

function compare(actual: unknown, expected: unknown, path: string, atol: number): void {
  if (Object.is(actual, expected)) return
  if (typeof actual === 'number' && typeof expected === 'number') {
    if (Math.abs(actual - expected) <= atol) return
    const difference = Math.abs(actual - expected).toExponential(2)
    fail(`${path}: ${actual} is not within ${atol} of ${expected}, the difference is ${difference}`, actual, expected)
  }
  if (isList(actual) && isList(expected)) compareLists(actual, expected, path, atol)
  else if (isRecord(actual) && isRecord(expected)) compareRecords(actual, expected, path, atol)
  else fail(`${path}: ${show(actual)} is not ${show(expected)}`, actual, expected)
}

function compareLists(actual: ArrayLike<unknown>, expected: ArrayLike<unknown>, path: string, atol: number): void {
  if (actual.length !== expected.length) {
    fail(`${path}.length: ${actual.length} is not ${expected.length}`, actual.length, expected.length)
  }
  for (let i = 0; i < actual.length; i++) compare(actual[i], expected[i], `${path}[${i}]`, atol)
}

function compareRecords(
  actual: Record<string, unknown>,
  expected: Record<string, unknown>,
  path: string,
  atol: number,
): void {
  for (const key of new Set([...Object.keys(actual), ...Object.keys(expected)])) {
    if (!Object.hasOwn(actual, key)) fail(`${path}.${key} is missing`, undefined, expected[key])
    if (!Object.hasOwn(expected, key)) fail(`${path}.${key} is not expected`, actual[key], undefined)
    compare(actual[key], expected[key], `${path}.${key}`, atol)
  }
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !isList(value)
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : isList(value) ? `a list of ${value.length}` : String(value)
}

function fail(message: string, actual: unknown, expected: unknown): never {
  throw new AssertionError({ message, actual, expected })
}
