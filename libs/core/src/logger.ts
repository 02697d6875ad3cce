import { type Logger, pino } from 'pino'

export type { Logger }

/** JSON lines on standard output; `level` as pino names them (trace … fatal, silent). Never log the text of a request. */
export function createLogger(name: string, level = 'info'): Logger {
  return pino({ name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime })
}
