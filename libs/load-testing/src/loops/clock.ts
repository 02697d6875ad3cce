/**
 * Wakes a loop at a time, to a tenth of a millisecond. Timers of Node count whole milliseconds, and turning the event loop for the
 * rest of the way would take CPU from a server on the same machine: a thread sleeps in its place.
 */
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

/** The thread runs compiled code, whether this file is compiled or not. */
const THREAD = new URL('../../dist/loops/clock-thread.js', import.meta.url)

/** Milliseconds of a clock that all threads share, which `performance.now` is not. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export class Clock {
  readonly #thread: Worker

  private constructor(thread: Worker) {
    this.#thread = thread
  }

  static async start(): Promise<Clock> {
    const thread = new Worker(THREAD)
    await once(thread, 'message')
    return new Clock(thread)
  }

  /**
   * Resolves at `time` of `performance.now`, or when `signal` aborts. When the time has passed, after one turn of the event loop: a
   * tester that catches up must read answers, or it is full of its own. One caller at a time.
   */
  async at(time: number, signal: AbortSignal): Promise<void> {
    const wait = time - performance.now()
    if (wait <= 0) return turn()
    this.#thread.postMessage(monotonicMs() + wait)
    await once(this.#thread, 'message', { signal }).catch(() => undefined)
  }

  async stop(): Promise<void> {
    await this.#thread.terminate()
  }
}
