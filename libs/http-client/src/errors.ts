/** Classifies the errors of HTTP requests: what went wrong, and whether a retry may help. The one list of error codes. */
import { isServeryError } from '@servery/core'

/** No connection was made, so nothing was sent: a retry cannot repeat an effect. */
const NOT_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']
/** The other side was silent for longer than the time limit. */
const TIMEOUTS = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'TimeoutError']
/** The connection broke: whether the request was carried out is unknown. */
const BROKEN = [
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]
const TRANSIENT = [...NOT_SENT, ...TIMEOUTS, ...BROKEN]
/** Source: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const TLS = /^ERR_(TLS|SSL)_|CERT|_ISSUER/

/** An error that is worth a retry, by its HTTP status or by a code that wrapping the error would hide. */
export class RetryableError extends Error {
  /** HTTP status; undefined if there was no response. */
  readonly status: number | undefined
  /** Wait that the other side asked for, in milliseconds; 0 if it did not. */
  readonly retryAfterMs: number

  /** @param retryAfter the header `Retry-After` in seconds; a date is ignored */
  constructor(message: string, { status, retryAfter }: { status?: number; retryAfter?: string | undefined } = {}) {
    super(message)
    this.status = status
    this.retryAfterMs = Number(retryAfter) * 1e3 || 0
  }
}

/** 429 and every 5xx except 501, which is permanent. */
export function isRetryableStatus(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501)
}

export function wasNotSent(error: unknown): boolean {
  return errorCodes(error).some((code) => NOT_SENT.includes(code))
}

export function isTimeout(error: unknown): boolean {
  return errorCodes(error).some((code) => TIMEOUTS.includes(code))
}

/** No secure connection, for example because a certificate is not trusted: a retry does not help. */
export function isTlsError(error: unknown): boolean {
  return errorCodes(error).some((code) => TLS.test(code))
}

/** A retry may succeed: nothing was sent, the other side was silent, the connection broke, or the status asks for a retry. */
export function isTransient(error: unknown): boolean {
  if (isTlsError(error)) return false
  return error instanceof RetryableError || errorCodes(error).some((code) => TRANSIENT.includes(code))
}

/** The reason of an error for a message to users: the first message and code of the error and its causes. */
export function errorReason(error: unknown): string {
  const linked = chain(error)
  const message = linked.map((one) => one.message).find(Boolean) ?? String(error)
  const code = linked.map((one) => one.code).find((one) => typeof one === 'string')
  return code && !message.includes(code) ? `${message} (${code})` : message
}

/** Codes and names of an error and its causes. A `ServeryError` has none: whether to retry was decided where it was made. */
function errorCodes(error: unknown): string[] {
  if (isServeryError(error)) return []
  return chain(error).flatMap(({ code, name }) => [code, name].filter((one) => typeof one === 'string'))
}

interface Linked {
  /** DOMException has a number. */
  readonly code?: string | number
  readonly name?: string
  readonly message?: string
  readonly cause?: unknown
  readonly errors?: readonly unknown[]
}

/** An error, its causes, and the errors of an AggregateError. */
function chain(error: unknown): Linked[] {
  if (typeof error !== 'object' || error === null) return []
  const linked = error as Linked
  return [linked, ...chain(linked.cause), ...(linked.errors ?? []).flatMap(chain)]
}
