export { type ConfigSchema, type ConfigSource, describe, loadConfig, readVariable } from './config.ts'
export {
  ERROR_CODES,
  type ErrorCode,
  type ErrorOptions,
  exitCodeOf,
  isServeryError,
  ServeryError,
  type Violation,
} from './errors.ts'
export { createLogger, flushed, type Logger } from './logger.ts'
export {
  criterionVariables,
  KNOWN_VARIABLES,
  loadVariables,
  MAX_LOAD_CRITERIA,
  modelVariables,
  registryVariables,
  serverVariables,
} from './variables.ts'
