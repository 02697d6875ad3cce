/**
 * Stops calling a service that fails: after so many failures in a row it is open for a while, in which nothing is sent, then
 * half open: one call is let through, and its outcome closes or opens it again. Pure: no timer, no clock of its own.
 */

export interface BreakerLimits {
  /** Failures in a row that open it. */
  readonly failures: number
  /** Milliseconds that it stays open. */
  readonly openMs: number
}

export class CircuitBreaker {
  readonly #limits: BreakerLimits
  readonly #now: () => number
  #failures = 0
  #openUntil = 0
  #isProbing = false

  /** @param now milliseconds of a monotonic clock */
  constructor(limits: BreakerLimits, now: () => number = () => performance.now()) {
    this.#limits = limits
    this.#now = now
  }

  /** Milliseconds until a call is let through; 0 when this one is. Whoever is let through reports how it went. */
  enter(): number {
    if (this.#failures < this.#limits.failures) return 0
    const waitMs = this.#openUntil - this.#now()
    if (waitMs > 0) return waitMs
    if (this.#isProbing) return this.#limits.openMs
    this.#isProbing = true
    return 0
  }

  succeeded(): void {
    this.#failures = 0
    this.#isProbing = false
  }

  failed(): void {
    this.#failures += 1
    this.#isProbing = false
    this.#openUntil = this.#now() + this.#limits.openMs
  }

  /** The caller left before an outcome was known: no failure of the service. */
  abandoned(): void {
    this.#isProbing = false
  }
}
