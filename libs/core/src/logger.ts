import { type Logger, pino } from 'pino'

export type { Logger }

/** Lines are written together: one write per request costs as much as a fifth of everything else that the API process does. */
const BUFFER_BYTES = 16_000
/** Age at which a line is written even if the buffer has room. */
const FLUSH_MS = 100

/**
 * JSON lines on standard output; `level` as pino names them (trace … fatal, silent). Never log the text of a request.
 * `flushed` before an exit: lines that are being written then would be lost, and a reader that is gone would hold the exit up.
 */
export function createLogger(name: string, level = 'info'): Logger {
  const output = pino.destination({ sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS })
  return pino({ name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime }, output)
}

/** Longest wait for a reader that does not read. */
const FLUSH_TIMEOUT_MS = 1_000

/** Resolves when every line so far has been written, or when the reader takes none. */
export function flushed(logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(resolve, FLUSH_TIMEOUT_MS)
    logger.flush(() => {
      clearTimeout(patience)
      resolve()
    })
  })
}
