/**
 * Splits a sentence that is longer than one row into overlapping windows. Must agree with
 * projects/ner/compile/windows.py.
 */

/** The model reads the words [start, end); the labels of [first, last) are taken from this window. */
export interface Window {
  readonly start: number
  readonly end: number
  readonly first: number
  readonly last: number
}

export interface WindowSizes {
  /** Maximum number of tokens per row, including the two special tokens. */
  readonly window_tokens: number
  /** Maximum number of tokens that two adjacent windows share. */
  readonly overlap_tokens: number
}

/**
 * Windows of whole words. The label of every word is taken from exactly one window; an overlap is divided in the middle, so that
 * every word is read with its context.
 *
 * @param lengths `[w]` tokens of every word; a word that does not fit into a window gets one of its own
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
    // The next word must fit as well.
    let overlap = Math.min(overlap_tokens, capacity - (lengths[end] ?? 0))
    while (start > 0 && lengths[start - 1]! <= overlap) overlap -= lengths[--start]!
  }
  const cuts = ranges.slice(1).map((next, i) => Math.floor((next.start + ranges[i]!.end) / 2))
  return ranges.map((range, i) => ({ ...range, first: cuts[i - 1] ?? 0, last: cuts[i] ?? lengths.length }))
}
