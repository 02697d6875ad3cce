/**
 * The queue of one instance, and the rule that forms batches from it. Pure: no clock, no I/O, no timer.
 *
 * The oldest entry is always in the next batch, so no entry starves.
 * If all entries fit into one batch, they form one. Otherwise the batch is filled with the entries closest in cost to the oldest,
 * among the first `WINDOW`, so that it holds texts of similar length and little padding.
 */
export interface Queued {
  /** Estimated work; at least 1. */
  readonly cost: number
}

/** Entries considered for one batch: sorting them takes about 50 µs. */
const WINDOW = 512

export class BatchQueue<Entry extends Queued> {
  #entries: Entry[] = []
  #cost = 0

  get size(): number {
    return this.#entries.length
  }

  /** Sum of the costs of all entries. */
  get cost(): number {
    return this.#cost
  }

  push(entries: readonly Entry[]): void {
    this.#entries.push(...entries)
    this.#cost += costOf(entries)
  }

  /**
   * Takes the next batch out of the queue.
   *
   * @param maxCost largest sum of costs; the oldest entry is taken whatever its cost
   * @returns empty if the queue is empty
   */
  cut(maxCost: number): Entry[] {
    return this.#taken(this.#next(maxCost))
  }

  #next(maxCost: number): Entry[] {
    const oldest = this.#entries[0]
    if (oldest === undefined) return []
    if (this.#fitsInto(maxCost)) return this.#entries.splice(0)
    const window = this.#entries.slice(0, WINDOW).sort((a, b) => a.cost - b.cost)
    const batch = growAround(window, window.indexOf(oldest), maxCost)
    const taken = new Set(batch)
    this.#entries = this.#entries.filter((entry) => !taken.has(entry))
    return batch
  }

  #fitsInto(maxCost: number): boolean {
    let sum = 0
    return this.#entries.every(({ cost }) => {
      sum += cost
      return sum <= maxCost
    })
  }

  /** Removes the entries for which `unwanted` holds, and returns them. */
  remove(unwanted: (entry: Entry) => boolean): Entry[] {
    const removed = this.#entries.filter(unwanted)
    if (removed.length > 0) this.#entries = this.#entries.filter((entry) => !unwanted(entry))
    return this.#taken(removed)
  }

  #taken(entries: Entry[]): Entry[] {
    // Costs may be fractions: their sum is exactly 0 when nothing is left.
    this.#cost = this.size === 0 ? 0 : this.#cost - costOf(entries)
    return entries
  }
}

function costOf(entries: readonly Queued[]): number {
  return entries.reduce((sum, { cost }) => sum + cost, 0)
}

/** Grows a range of `sorted` from index `seed`, each time by the neighbour closer in cost, while the sum stays within `maxCost`. */
function growAround<Entry extends Queued>(sorted: readonly Entry[], seed: number, maxCost: number): Entry[] {
  const { cost } = sorted[seed]!
  let [low, high, sum] = [seed, seed + 1, cost]
  for (;;) {
    const below = sorted[low - 1]
    const above = sorted[high]
    const takeBelow = below !== undefined && (above === undefined || cost - below.cost <= above.cost - cost)
    const next = takeBelow ? below : above
    if (next === undefined || sum + next.cost > maxCost) return sorted.slice(low, high)
    sum += next.cost
    if (takeBelow) low -= 1
    else high += 1
  }
}
