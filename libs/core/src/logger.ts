import { type Logger, pino } from 'pino'

export type { Logger }

/** Lines are written together: one write per request costs as much as a fifth of everything else that the API process does. */
const BUFFER_BYTES = 16_000
/** Age at which a line is written even if the buffer has room. */
const FLUSH_MS = 100

/**
 * JSON lines on standard output; `level` as pino names them (trace … fatal, silent). Never log the text of a request.
 * What is buffered when the process exits is written then; only a process that is killed loses its last 100 ms.
 */
export function createLogger(name: string, level = 'info'): Logger {
  const output = pino.destination({ sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS })
  return pino({ name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime }, output)
}
