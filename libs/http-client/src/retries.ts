/** The one retry loop, with exponential backoff and jitter. */
import { setTimeout as wait } from 'node:timers/promises'
import { isTransient, RetryableError } from './errors.ts'

export interface RetryOptions {
  /** Maximum number of attempts after the first. */
  readonly maxRetries: number
  /** Whether an error is retried; default `isTransient`. */
  readonly isRetried?: (error: unknown) => boolean
  /** Longest wait before the first retry, in milliseconds; it doubles with each further retry, up to 20 s. */
  readonly firstWaitMs?: number
  /** Ends the wait, and with it the attempts. */
  readonly signal?: AbortSignal
}

const FIRST_WAIT_MS = 250
const MAX_WAIT_MS = 20_000

/**
 * Runs `attempt` until it succeeds, fails with an error that is not retried, or runs out of retries; then it throws the last error.
 * Waits are random between half and all of their length, and at least as long as a `RetryableError` asks for, up to 20 s.
 */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { maxRetries, isRetried = isTransient, firstWaitMs = FIRST_WAIT_MS, signal } = options
  for (let retries = 0; ; retries++) {
    try {
      return await attempt()
    } catch (error) {
      if (retries >= maxRetries || !isRetried(error)) throw error
      if (!(await waited(waitMs(error, firstWaitMs * 2 ** retries), signal))) throw error
    }
  }
}

function waitMs(error: unknown, longest: number): number {
  const asked = error instanceof RetryableError ? error.retryAfterMs : 0
  return Math.max(Math.min(asked, MAX_WAIT_MS), Math.min(longest, MAX_WAIT_MS) * (0.5 + Math.random() / 2))
}

/** @returns false when the signal came first */
function waited(milliseconds: number, signal: AbortSignal | undefined): Promise<boolean> {
  return wait(milliseconds, true, { signal }).catch(() => false)
}
