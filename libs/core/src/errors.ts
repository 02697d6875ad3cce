/**
 * The closed list of error codes. Errors know nothing about HTTP: each wire protocol
 * has its own table of statuses, `errors.ts` in its folder of libs/serving/src/protocols; the exit codes are below.
 */
export const ERROR_CODES = [
  'MALFORMED_REQUEST',
  'MODEL_NOT_FOUND',
  'ROUTE_NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'REQUEST_TIMEOUT',
  'INPUT_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'INVALID_INPUT',
  'UNSUPPORTED_LANGUAGE',
  'ITEM_REJECTED',
  'OVERLOADED',
  'HEADERS_TOO_LARGE',
  'INFERENCE_FAILED',
  'UPSTREAM_FAILED',
  'UPSTREAM_TIMEOUT',
  'MODEL_NOT_READY',
  'NO_ROOM',
  'VERSION_CONFLICT',
  'FORBIDDEN',
  'WORKER_LOST',
  'SHUTTING_DOWN',
  'DEADLINE_EXCEEDED',
  'CONFIG_INVALID',
  'MODEL_LOAD_FAILED',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** One invalid place in a request: `pointer` is a JSON pointer such as `/inputs/3/document`. */
export interface Violation {
  readonly pointer: string
  readonly detail: string
}

export interface ErrorOptions {
  readonly violations?: readonly Violation[]
  /** Seconds after which a retry makes sense; becomes the header Retry-After. */
  readonly retryAfterSeconds?: number
  /** Which input of the request failed, from 0. */
  readonly item?: number
  readonly cause?: unknown
}

/** The one error class. `message` is a sentence for the user: it names the limit and what to do, never a secret or the text of a request. */
export class ServeryError extends Error {
  override readonly name = 'ServeryError'
  readonly code: ErrorCode
  readonly violations: readonly Violation[]
  readonly retryAfterSeconds: number | undefined
  readonly item: number | undefined

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.violations = options.violations ?? []
    this.retryAfterSeconds = options.retryAfterSeconds
    this.item = options.item
  }
}

/** Recognises the error by name and code, not by class, so that errors of another copy of this module count too. */
export function isServeryError(error: unknown): error is ServeryError {
  return error instanceof Error && error.name === 'ServeryError' && ERROR_CODES.includes((error as ServeryError).code)
}

/** Exit status of a process that ends with this error; 78 and 70 are EX_CONFIG and EX_SOFTWARE of sysexits.h. */
export function exitCodeOf(error: unknown): number {
  if (!isServeryError(error)) return 1
  if (error.code === 'CONFIG_INVALID') return 78
  if (error.code === 'MODEL_LOAD_FAILED') return 70
  return 1
}
