/** Cuts a batch into sub-batches of rows of like length, so that little is spent on padding. */

/**
 * Rows in ascending order of length, in groups whose padded size `rows × longest` is at most `batchTokens`. A row that
 * is longer than that goes alone. Every index from 0 to `lengths.length - 1` is in exactly one group.
 *
 * @param lengths `[n]` tokens of each row
 * @returns groups of row indices
 */
export function packRows(lengths: readonly number[], batchTokens: number): number[][] {
  const order = lengths.map((_, row) => row).sort((a, b) => lengths[a]! - lengths[b]! || a - b)
  const groups: number[][] = []
  let group: number[] = []
  for (const row of order) {
    // Ascending order: this row is the longest of its group so far.
    if (group.length > 0 && (group.length + 1) * lengths[row]! > batchTokens) {
      groups.push(group)
      group = []
    }
    group.push(row)
  }
  if (group.length > 0) groups.push(group)
  return groups
}
