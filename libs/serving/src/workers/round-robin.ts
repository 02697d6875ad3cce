/**
 * Deficit round robin: versions with waiting work take turns by cost, so that a version with much work, or with large
 * batches, does not keep the others waiting. Pure. Source: M. Shreedhar, G. Varghese, Efficient Fair Queuing Using
 * Deficit Round Robin, IEEE/ACM Transactions on Networking 4(3), 1996.
 */
export interface Flow {
  /** 0 if no work waits. */
  readonly waitingCost: number
}

export class DeficitRoundRobin<F extends Flow> {
  readonly #quantum: number
  /** Flows with work, in the order of their turns. */
  readonly #ring: F[] = []
  /** The credit of a flow: it gets a turn while it is above 0, and pays for it afterwards. Debts outlive the ring, credit does not. */
  readonly #credits = new WeakMap<F, number>()

  /** @param quantum credit that a flow gets in each round, in the unit of `charge` */
  constructor(quantum: number) {
    this.#quantum = quantum
  }

  /** Called when work of the flow arrives. */
  add(flow: F): void {
    if (this.#ring.includes(flow)) return
    this.#ring.push(flow)
    this.#credits.set(flow, Math.min(0, this.#creditOf(flow)) + this.#quantum)
  }

  remove(flow: F): void {
    const index = this.#ring.indexOf(flow)
    if (index >= 0) this.#ring.splice(index, 1)
  }

  /** The first flow with work for which `isEligible` holds, without a turn. */
  find(isEligible: (flow: F) => boolean): F | undefined {
    return this.#ring.find((flow) => flow.waitingCost > 0 && isEligible(flow))
  }

  /** The flow whose turn it is, among those with work for which `isEligible` holds; it goes to the end of the ring. */
  next(isEligible: (flow: F) => boolean): F | undefined {
    for (const flow of this.#ring.filter(({ waitingCost }) => waitingCost === 0)) this.remove(flow)
    const candidates = this.#ring.filter(isEligible)
    if (candidates.length === 0) return undefined
    // As many rounds as it takes until one of them has credit.
    const owed = Math.min(...candidates.map((flow) => -this.#creditOf(flow)))
    const rounds = Math.max(0, Math.floor(owed / this.#quantum) + 1)
    for (const flow of candidates) this.charge(flow, -rounds * this.#quantum)
    const next = candidates.find((flow) => this.#creditOf(flow) > 0) as F
    this.remove(next)
    this.#ring.push(next)
    return next
  }

  charge(flow: F, cost: number): void {
    this.#credits.set(flow, this.#creditOf(flow) - cost)
  }

  #creditOf(flow: F): number {
    return this.#credits.get(flow) ?? 0
  }
}
