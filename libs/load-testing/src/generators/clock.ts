/**
 * Wakes a load generator at a given time. Timers of Node have a resolution of one millisecond, and a busy event loop would take
 * CPU from a server on the same machine, so a thread sleeps instead.
 */
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

/** The thread runs compiled code, even if this file is run from source. */
const THREAD = new URL('../../dist/generators/clock-thread.js', import.meta.url)
/** Time that a message from the thread takes, in milliseconds; the thread wakes that much earlier. */
const LEAD_MS = 0.25

/** Milliseconds of a clock that all threads share; `performance.now` differs between threads. */
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
   * Resolves at `time` of `performance.now`, or when the signal aborts. One caller at a time. Always waits for one turn of the event loop,
   * even if the time has passed: a generator that catches up must also read answers, or it reaches its limit of outstanding
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
