/** `firstDifference` as an assertion. */
import { AssertionError } from 'node:assert'
import { firstDifference } from '@servery/model-version'

export interface Tolerance {
  /** Largest absolute difference of two numbers, inclusive; in the unit of the numbers. */
  readonly atol: number
}

/**
 * Passes when both values have the same structure, numbers within `atol` and everything else identical.
 *
 * @throws AssertionError at the first difference, with its path and both values
 */
export function assertClose(actual: unknown, expected: unknown, { atol }: Tolerance): void {
  const message = firstDifference(actual, expected, atol)
  if (message !== undefined) throw new AssertionError({ message })
}
