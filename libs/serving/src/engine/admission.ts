/** Admission control: limits the work that is admitted, and estimates when there will be room for more. */
import { ServeryError } from '@servery/core'

export interface AdmissionLimits {
  /** Maximum number of items that are admitted and not yet answered. */
  readonly maxItems: number
  /** Maximum sum of their costs. */
  readonly maxCost: number
}

/** Weight of the latest second in the moving average of the throughput. */
const SMOOTHING = 0.3

export class Admission {
  readonly #limits: AdmissionLimits
  readonly #now: () => number
  #items = 0
  #cost = 0
  #costPerSecond = 0
  #released = 0
  /** Start of the second that is being measured. Idle time is skipped: it says nothing about the throughput. */
  #measuredAt: number
  #emptyAt: number

  /** @param now milliseconds of a monotonic clock */
  constructor(limits: AdmissionLimits, now: () => number = () => performance.now()) {
    this.#limits = limits
    this.#now = now
    this.#measuredAt = now()
    this.#emptyAt = this.#measuredAt
  }

  get items(): number {
    return this.#items
  }

  /** Admits the work, or returns the error: `INPUT_TOO_LARGE` if it exceeds the whole queue, `OVERLOADED` if there is no room now. */
  tryAdmit(items: number, cost: number): ServeryError | undefined {
    const { maxItems, maxCost } = this.#limits
    if (items > maxItems || cost > maxCost) {
      const limit =
        items > maxItems
          ? `${maxItems} items (SERVERY_MAX_QUEUE_ITEMS)`
          : `a cost of ${maxCost} (SERVERY_MAX_QUEUE_COST)`
      return new ServeryError(
        'INPUT_TOO_LARGE',
        `This request is larger than the whole queue: ${limit}. Split the request.`,
      )
    }
    if (this.#items + items > maxItems || this.#cost + cost > maxCost) {
      const retryAfterSeconds = this.#secondsUntil(this.#cost + cost - maxCost, items)
      return new ServeryError(
        'OVERLOADED',
        `The queue is full (${this.#items} of ${maxItems} items, a cost of ${Math.round(this.#cost)} of ${maxCost}). Try again in ${retryAfterSeconds} s.`,
        { retryAfterSeconds },
      )
    }
    if (this.#items === 0) this.#measuredAt += this.#now() - this.#emptyAt
    this.#items += items
    this.#cost += cost
    return undefined
  }

  release(items: number, cost: number): void {
    this.#items -= items
    this.#cost -= cost
    this.#released += cost
    if (this.#items === 0) this.#emptyAt = this.#now()
    const seconds = (this.#now() - this.#measuredAt) / 1_000
    if (seconds < 1) return
    const rate = this.#released / seconds
    this.#costPerSecond = this.#costPerSecond === 0 ? rate : SMOOTHING * rate + (1 - SMOOTHING) * this.#costPerSecond
    this.#released = 0
    this.#measuredAt = this.#now()
  }

  /** Whole seconds, 1 to 60, after which the throughput has probably made room for the excess cost and the items. */
  #secondsUntil(overCost: number, items: number): number {
    if (this.#costPerSecond === 0) return 1
    const averageCost = this.#items === 0 ? 1 : this.#cost / this.#items
    const work = Math.max(overCost, items * averageCost)
    return Math.min(60, Math.max(1, Math.ceil(work / this.#costPerSecond)))
  }
}
