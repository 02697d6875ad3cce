/**
 * How the model reads a sentence that is longer than one row: in windows that overlap. Must agree with
 * projects/ner/compile/windows.py.
 */

/** Words [start, end) are read, the labels of [first, last) are taken from this window. */
export interface Window {
  readonly start: number
  readonly end: number
  readonly first: number
  readonly last: number
}

export interface WindowSizes {
  /** Most tokens of a row, the two special ones included. */
  readonly window_tokens: number
  /** Most tokens that two neighbours share. */
  readonly overlap_tokens: number
}

/**
 * Windows of whole words. Every word is taken from exactly one; what two neighbours share is divided in its middle, so that
 * a word is seen with what stands around it.
 *
 * @param lengths `[w]` tokens of every word; one that fits into no window has one of its own
 */
export function windowsOf(lengths: readonly number[], { window_tokens, overlap_tokens }: WindowSizes): Window[] {
  const capacity = window_tokens - 2
  const ranges: { start: number; end: number }[] = []
  let start = 0
  let end = 0
  while (end < lengths.length) {
    let read = start
    let room = capacity
    while (read < lengths.length && (lengths[read]! <= room || (read === start && start === end))) {
      room -= lengths[read++]!
    }
    ranges.push({ start, end: read })
    start = read
    end = read
    // What follows must fit as well.
    let overlap = Math.min(overlap_tokens, capacity - (lengths[end] ?? 0))
    while (start > 0 && lengths[start - 1]! <= overlap) overlap -= lengths[--start]!
  }
  const cuts = ranges.slice(1).map((next, i) => Math.floor((next.start + ranges[i]!.end) / 2))
  return ranges.map((range, i) => ({ ...range, first: cuts[i - 1] ?? 0, last: cuts[i] ?? lengths.length }))
}
