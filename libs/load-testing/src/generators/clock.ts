/**
 * Wakes a load generator at a time. Timers of Node count whole milliseconds, and spinning the event loop for the rest would take
 * CPU from a server on the same machine: a thread sleeps instead.
 */
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

/** The thread runs compiled code, whether this file is compiled or not. */
const THREAD = new URL('../../dist/generators/clock-thread.js', import.meta.url)
/** Time that a message of the thread takes, in milliseconds; it is sent that much earlier. */
const LEAD_MS = 0.25

/** Milliseconds of a clock that all threads share, which `performance.now` is not. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export class Clock {
  readonly #thread: Worker
  readonly #signal: AbortSignal
  #wake = (): void => {}

  private constructor(thread: Worker, signal: AbortSignal) {
    this.#thread = thread
    this.#signal = signal
    thread.on('message', () => this.#wake())
    signal.addEventListener('abort', () => this.#wake(), { once: true })
  }

  static async start(signal: AbortSignal): Promise<Clock> {
    const thread = new Worker(THREAD)
    await once(thread, 'message')
    return new Clock(thread, signal)
  }

  /**
   * Resolves at `time` of `performance.now`, or when the signal aborts. One caller at a time. The event loop turns at least
   * once, also when the time has passed: a generator that catches up must read answers too, or it reaches its limit of outstanding
   * requests.
   */
  async at(time: number): Promise<void> {
    const wait = time - LEAD_MS - performance.now()
    if (wait > 0 && !this.#signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#thread.postMessage(monotonicMs() + wait)
      await woken
    }
    do await turn()
    while (performance.now() < time && !this.#signal.aborted)
  }

  async stop(): Promise<void> {
    await this.#thread.terminate()
  }
}
