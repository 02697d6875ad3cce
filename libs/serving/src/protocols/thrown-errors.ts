/** Converts whatever a route throws to a ServeryError, for all protocols over HTTP. */
import { type ErrorCode, isServeryError, ServeryError } from '@servery/core'
import type { FastifyBaseLogger, FastifyError } from 'fastify'
import { invalidInput, type SchemaFault } from '../model/violations.ts'

/** Error codes of Fastify and its content parsers that are caused by the request. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'INPUT_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'MALFORMED_REQUEST',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'MALFORMED_REQUEST',
  FST_ERR_CTP_INVALID_JSON_BODY: 'MALFORMED_REQUEST',
  FST_ERR_BAD_URL: 'MALFORMED_REQUEST',
  FST_ERR_NOT_FOUND: 'ROUTE_NOT_FOUND',
}

/** Converts any thrown value. An unknown error is a fault of the server, and its message is not sent to the client. */
export function toServeryError(error: unknown): ServeryError {
  if (isServeryError(error)) return error
  const { code, validation, validationContext, statusCode, message } = error as FastifyError
  if (validation)
    return invalidInput(validation as readonly SchemaFault[], validationContext ?? 'request', baseOf(validationContext))
  const known =
    FASTIFY_CODES[code] ?? (statusCode === 400 || error instanceof SyntaxError ? 'MALFORMED_REQUEST' : undefined)
  if (known === 'MALFORMED_REQUEST')
    return new ServeryError(known, `The request could not be read: ${jsonFault(message)}`)
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new ServeryError(
      'INPUT_TOO_LARGE',
      'The body is larger than the limit (SERVERY_MAX_BODY_BYTES), counted after decompression. Split the request.',
    )
  if (code === 'FST_ERR_MAX_PARAM_LENGTH')
    return new ServeryError('ROUTE_NOT_FOUND', 'There is no such route: a name in the path is too long.')
  if (known) return new ServeryError(known, message)
  return new ServeryError('INFERENCE_FAILED', 'The server failed; its log has the details under this request id.', {
    cause: error,
  })
}

/** V8 quotes the text around a JSON error, so only the position is sent to the client. */
function jsonFault(message: string): string {
  if (!/JSON|token|property/i.test(message)) return message
  const position = message.match(/position \d+/)?.[0]
  return `the body is not valid JSON${position ? ` at ${position}` : ''}.`
}

/** Pointer to the validated part of a request; the body is the request itself. */
function baseOf(context: string | undefined): string {
  return context === undefined || context === 'body' ? '' : `/${context}`
}

/** Logs an error that is a fault of the server. */
export function logFault(error: ServeryError, log: FastifyBaseLogger): void {
  log.error(causeOf(error), 'request failed')
}

/** Name and code of the cause, and the innermost place in the code; never the message, which may quote the text of a request. */
function causeOf({ code, cause }: ServeryError): Record<string, unknown> {
  if (!(cause instanceof Error)) return { code }
  const place = cause.stack?.match(/\/(?:libs|projects|node_modules)\/([^)\s]+)/)?.[1]
  return { code, cause: cause.name, causeCode: (cause as NodeJS.ErrnoException).code, place }
}
