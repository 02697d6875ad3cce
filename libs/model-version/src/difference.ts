/** Compares nested values, with a tolerance for numbers. */

/** Tolerance for the numbers of recorded answers: scores are rounded to 4 decimals, and int8 differs between CPUs. */
const RECORDED_TOLERANCE = 0.002

/**
 * Finds the first place where two values differ: in structure, in a number by more than `atol`, or in any other value. Arrays and
 * typed arrays are compared by element; NaN equals NaN, and an infinity equals itself.
 *
 * @param atol largest absolute difference of two numbers, inclusive
 * @returns path and both values, for example `$.vectors[3][17]: 0.25 is not within 1e-5 of 0.5`; undefined if nothing differs
 */
export function firstDifference(
  actual: unknown,
  expected: unknown,
  atol: number = RECORDED_TOLERANCE,
): string | undefined {
  return compare(actual, expected, '$', atol)
}

function compare(actual: unknown, expected: unknown, path: string, atol: number): string | undefined {
  if (Object.is(actual, expected)) return undefined
  if (typeof actual === 'number' && typeof expected === 'number') {
    const difference = Math.abs(actual - expected)
    return difference <= atol
      ? undefined
      : `${path}: ${actual} is not within ${atol} of ${expected}, the difference is ${difference.toExponential(2)}`
  }
  if (isList(actual) && isList(expected)) return compareLists(actual, expected, path, atol)
  if (isRecord(actual) && isRecord(expected)) return compareRecords(actual, expected, path, atol)
  return `${path}: ${show(actual)} is not ${show(expected)}`
}

function compareLists(
  actual: ArrayLike<unknown>,
  expected: ArrayLike<unknown>,
  path: string,
  atol: number,
): string | undefined {
  if (actual.length !== expected.length) return `${path}.length: ${actual.length} is not ${expected.length}`
  for (let i = 0; i < actual.length; i++) {
    const difference = compare(actual[i], expected[i], `${path}[${i}]`, atol)
    if (difference !== undefined) return difference
  }
  return undefined
}

function compareRecords(
  actual: Record<string, unknown>,
  expected: Record<string, unknown>,
  path: string,
  atol: number,
): string | undefined {
  for (const key of new Set([...Object.keys(actual), ...Object.keys(expected)])) {
    if (!Object.hasOwn(actual, key)) return `${path}.${key} is missing`
    if (!Object.hasOwn(expected, key)) return `${path}.${key} is not expected`
    const difference = compare(actual[key], expected[key], `${path}.${key}`, atol)
    if (difference !== undefined) return difference
  }
  return undefined
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
