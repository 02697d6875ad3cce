/** What went wrong with an HTTP request, and whether another attempt may help: the one list of error codes. */
import { isServeryError } from '@servery/core'

/** No connection was made, so nothing was sent: another attempt cannot do anything twice. */
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

/** A failure that was found to be worth another attempt: by an HTTP status, or by an error code that would get lost on the way. */
export class RetryableError extends Error {
  /** HTTP status, undefined when there was no answer. */
  readonly status: number | undefined
  /** Milliseconds to wait that the other side asked for; 0 when it did not. */
  readonly retryAfterMs: number

  /** @param retryAfter the header `Retry-After`, in seconds; a date counts as none */
  constructor(message: string, { status, retryAfter }: { status?: number; retryAfter?: string | undefined } = {}) {
    super(message)
    this.status = status
    this.retryAfterMs = Number(retryAfter) * 1e3 || 0
  }
}

/** 429 and every 5xx but 501, which never gets better. */
export function isRetryableStatus(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501)
}

export function wasNotSent(error: unknown): boolean {
  return errorCodes(error).some((code) => NOT_SENT.includes(code))
}

export function isTimeout(error: unknown): boolean {
  return errorCodes(error).some((code) => TIMEOUTS.includes(code))
}

/** No secure connection: a certificate that is not trusted stays so, and no other attempt helps. */
export function isTlsError(error: unknown): boolean {
  return errorCodes(error).some((code) => TLS.test(code))
}

/** Another attempt may succeed: nothing was sent, the other side was silent, the connection broke, or it asked to try again. */
export function isTransient(error: unknown): boolean {
  if (isTlsError(error)) return false
  return error instanceof RetryableError || errorCodes(error).some((code) => TRANSIENT.includes(code))
}

/** An error in a message to users: the first message and code of the error and its causes. */
export function errorReason(error: unknown): string {
  const linked = chain(error)
  const message = linked.map((one) => one.message).find(Boolean) ?? String(error)
  const code = linked.map((one) => one.code).find((one) => typeof one === 'string')
  return code && !message.includes(code) ? `${message} (${code})` : message
}

/** Codes and names of an error and of what is behind it. A `ServeryError` was judged where it was made: it has none. */
function errorCodes(error: unknown): string[] {
  if (isServeryError(error)) return []
  return chain(error).flatMap(({ code, name }) => [code, name].filter((one) => typeof one === 'string'))
}

interface Linked {
  /** A number in a DOMException. */
  readonly code?: string | number
  readonly name?: string
  readonly message?: string
  readonly cause?: unknown
  readonly errors?: readonly unknown[]
}

/** An error, its causes, and what it bundles. */
function chain(error: unknown): Linked[] {
  if (typeof error !== 'object' || error === null) return []
  const linked = error as Linked
  return [linked, ...chain(linked.cause), ...(linked.errors ?? []).flatMap(chain)]
}
