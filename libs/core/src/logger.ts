/** The logger of every process: JSON lines on standard output. */
import { createRequire } from 'node:module'
import type { Logger } from 'pino'

export type { Logger }

/** Lines are written in batches: one write per request costs a fifth of all other work of the API process. */
const BUFFER_BYTES = 16_000
/** Longest time that a line stays in the buffer, in milliseconds. */
const FLUSH_MS = 100

/**
 * Creates a logger; `level` is one of pino's (trace … fatal, silent). Never log the text of a request.
 * Await `flushed` before an exit: lines still in the buffer would be lost.
 */
export function createLogger(name: string, level = 'info'): Logger {
  // Not imported above: worker processes log nothing, and it takes 20 ms to load.
  const { pino } = createRequire(import.meta.url)('pino') as typeof import('pino')
  const output = pino.destination({ sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS })
  return pino({ name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime }, output)
}

/** Longest wait for a reader that does not read, in milliseconds: it must not block the exit. */
const FLUSH_TIMEOUT_MS = 1_000

/** Resolves when every line so far has been written, or after `FLUSH_TIMEOUT_MS`. */
export function flushed(logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    const timeout = setTimeout(resolve, FLUSH_TIMEOUT_MS)
    logger.flush(() => {
      clearTimeout(timeout)
      resolve()
    })
  })
}
