/**
 * Wakes a loop at a time. Timers of Node count whole milliseconds, and turning the event loop for the rest of the way would take CPU
 * from a server on the same machine: a thread sleeps in its place.
 */
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

/** The thread runs compiled code, whether this file is compiled or not. */
const THREAD = new URL('../../dist/loops/clock-thread.js', import.meta.url)
/** What a message of the thread takes, in milliseconds: so much earlier it is sent. */
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
   * Resolves at `time` of `performance.now`, or when the signal aborts. One caller at a time. The event loop turns once at least, also
   * when the time has passed: a tester that catches up must read answers, or it is full of its own.
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
