/** How near rows of numbers are on the whole: of int8 and float32, say, where single numbers may lie further apart. */

/** Mean absolute difference of all numbers, in their unit; NaN where a number has no counterpart or there is none. */
export function meanDifference(actual: readonly ArrayLike<number>[], expected: readonly ArrayLike<number>[]): number {
  const differences = expected.flatMap((row, i) => Array.from(row, (number, k) => Math.abs(number - actual[i]![k]!)))
  return differences.reduce((sum, difference) => sum + difference, 0) / differences.length
}
