/**
 * A circuit breaker: stops requests to a service that fails. After a number of failures in a row it is open for a while, and nothing is
 * sent. Then it is half-open: one request is let through, and its outcome closes or reopens it. Pure: no timer.
 */

export interface BreakerLimits {
  /** Consecutive failures that open it. */
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

  /** Milliseconds until a request is let through; 0 if this one is: then its outcome must be reported. */
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

  /** The caller disconnected before an outcome was known, which is not a failure of the service. */
  abandoned(): void {
    this.#isProbing = false
  }
}
