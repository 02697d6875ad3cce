/**
 * The trial of a version on a share of the calls, and its verdict from errors, latency and answers that differ. The calls of
 * canary and default version are drawn at random from the same traffic, so their shares and percentiles can be compared. Pure.
 */
import type { CanaryReport, CanarySettings } from './traffic.ts'

/** How a call went. */
export interface CallOutcome {
  readonly failed: boolean
  readonly ms: number
}

/** One failure in a hundred calls may be chance; it takes this many. */
const MIN_FAILURES = 3
/** A difference between shares of so many standard deviations is no chance, although the verdict is sought after every call. */
const DEVIATIONS = 3
/** Differences of latency below this are noise, in milliseconds. */
const LATENCY_TOLERANCE_MS = 5
/** Fewer compared answers say nothing about a share. */
const MIN_COMPARED = 20
/** Fewer calls of the default version say nothing about its latency. */
const MIN_DEFAULT = 20
/** What a share leaves out of the verdict. */
const NOTES: Readonly<Record<number, string>> = {
  0: 'It is not judged: its share is 0.',
  1: 'Its latency is not judged: its share is 1, and the default version answers no calls to compare with.',
}
/** The latencies that are kept of each version: the latest ones. */
const LATENCIES = 1_000

class Calls {
  requests = 0
  failures = 0
  readonly #latencies: number[] = []

  add({ failed, ms }: CallOutcome): void {
    if (failed) this.failures += 1
    else this.#latencies[this.answered % LATENCIES] = ms
    this.requests += 1
  }

  get answered(): number {
    return this.requests - this.failures
  }

  get failedShare(): number {
    return this.requests === 0 ? 0 : this.failures / this.requests
  }

  /** Milliseconds; undefined before the first answer. */
  get p95(): number | undefined {
    const sorted = this.#latencies.filter((ms) => ms !== undefined).sort((a, b) => a - b)
    return sorted[Math.ceil(sorted.length * 0.95) - 1]
  }

  get report() {
    const { requests, failures, p95 } = this
    return { requests, failures, ...(p95 === undefined ? {} : { latency_p95_ms: Math.round(p95 * 100) / 100 }) }
  }
}

export class Canary {
  readonly settings: CanarySettings
  readonly #canary = new Calls()
  readonly #default = new Calls()
  #compared = 0
  #different = 0
  #verdict: CanaryReport['verdict'] = 'undecided'
  #reason: string | undefined

  constructor(settings: CanarySettings) {
    this.settings = settings
  }

  get verdict(): CanaryReport['verdict'] {
    return this.#verdict
  }

  /** Why it failed, as a sentence. */
  get reason(): string | undefined {
    return this.#reason
  }

  /** What is known so far, as control routes and log lines show it. */
  get report(): CanaryReport {
    const note = NOTES[this.settings.share]
    return {
      verdict: this.#verdict,
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
      ...(note === undefined ? {} : { note }),
      canary: this.#canary.report,
      default: this.#default.report,
      compared: this.#compared,
      different: this.#different,
    }
  }

  /** Counts a call of the canary or of the default version. @returns true if it decides the verdict */
  answered(role: 'canary' | 'default', outcome: CallOutcome): boolean {
    if (role === 'default') this.#default.add(outcome)
    else this.#canary.add(outcome)
    return role === 'canary' && this.#decide()
  }

  /** Counts an answer of the canary that was compared with that of the default version. @returns true if it decides the verdict */
  compared(isDifferent: boolean): boolean {
    this.#compared += 1
    if (isDifferent) this.#different += 1
    return this.#decide()
  }

  /** Ends the trial for another reason, such as that its version is unloaded. */
  fail(reason: string): void {
    this.#verdict = 'failed'
    this.#reason = reason
  }

  #decide(): boolean {
    if (this.#verdict !== 'undecided') return false
    const reason = this.#tooManyErrors() ?? this.#tooManyDifferences() ?? this.#tooSlow()
    if (reason !== undefined) this.fail(reason)
    else if (this.#hasAnsweredEnough && this.#hasBaseline && this.#hasComparedEnough) this.#verdict = 'passed'
    return this.#verdict !== 'undecided'
  }

  get #hasAnsweredEnough(): boolean {
    return this.#canary.answered >= this.settings.min_requests
  }

  /** With share 1 the default version answers no calls to compare with. */
  get #hasBaseline(): boolean {
    return this.settings.share === 1 || this.#default.requests >= MIN_DEFAULT
  }

  get #hasComparedEnough(): boolean {
    return this.settings.max_different_share === 1 || this.#compared >= MIN_COMPARED
  }

  #tooManyErrors(): string | undefined {
    const [own, base] = [this.#canary, this.#default]
    const excess = own.failedShare - base.failedShare - this.settings.max_error_increase
    if (own.failures < MIN_FAILURES || excess <= DEVIATIONS * deviation(own, base)) return undefined
    return `${own.failures} of ${own.requests} calls failed, and ${base.failures} of ${base.requests} of the default version`
  }

  #tooManyDifferences(): string | undefined {
    const [compared, different] = [this.#compared, this.#different]
    if (compared < MIN_COMPARED || different / compared <= this.settings.max_different_share) return undefined
    return `${different} of ${compared} compared answers differ`
  }

  #tooSlow(): string | undefined {
    if (!this.#hasAnsweredEnough || !this.#hasBaseline) return undefined
    const [own, base] = [this.#canary.p95, this.#default.p95]
    if (own === undefined || base === undefined) return undefined
    if (own <= Math.max(base * this.settings.max_latency_ratio, base + LATENCY_TOLERANCE_MS)) return undefined
    return `the 95th percentile of its latency is ${own.toFixed(1)} ms, and ${base.toFixed(1)} ms of the default version`
  }
}

/** Standard deviation of the difference between the shares of failed calls if both versions failed equally often (two-proportion z-test). */
function deviation(own: Calls, base: Calls): number {
  const share = (own.failures + base.failures) / (own.requests + base.requests)
  return Math.sqrt(share * (1 - share) * (1 / own.requests + (base.requests === 0 ? 0 : 1 / base.requests)))
}
