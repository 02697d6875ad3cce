/** The one table from error codes to HTTP, and the one handler that answers `application/problem+json` (RFC 9457). */
import { STATUS_CODES } from 'node:http'
import { type ErrorCode, isServeryError, ServeryError, type Violation } from '@servery/core'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { type TSchema, Type } from 'typebox'

/** CONFIG_INVALID and MODEL_LOAD_FAILED stop the start and have no status of their own: 500 if they ever got here. */
export const HTTP_STATUS: Readonly<Record<ErrorCode, number>> = {
  MALFORMED_REQUEST: 400,
  MODEL_NOT_FOUND: 404,
  ROUTE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  INPUT_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  INVALID_INPUT: 422,
  UNSUPPORTED_LANGUAGE: 422,
  ITEM_REJECTED: 422,
  OVERLOADED: 429,
  HEADERS_TOO_LARGE: 431,
  INFERENCE_FAILED: 500,
  CONFIG_INVALID: 500,
  MODEL_LOAD_FAILED: 500,
  UPSTREAM_FAILED: 502,
  MODEL_NOT_READY: 503,
  WORKER_LOST: 503,
  SHUTTING_DOWN: 503,
  UPSTREAM_TIMEOUT: 504,
  DEADLINE_EXCEEDED: 504,
}

/** One sentence for the caller on each code; docs/errors.md is made of them. */
export const ERROR_MEANINGS: Readonly<Record<ErrorCode, string>> = {
  MALFORMED_REQUEST: 'The request is not valid HTTP or its body not valid JSON. Mend it; trying again does not help.',
  MODEL_NOT_FOUND: 'No such model or version is loaded; the detail names those that are.',
  ROUTE_NOT_FOUND: 'No such route; /docs lists them.',
  METHOD_NOT_ALLOWED: 'The path takes another method; the header Allow names it.',
  REQUEST_TIMEOUT: 'The request did not arrive in time, or the caller left.',
  INPUT_TOO_LARGE:
    'A body, text or list is above a limit that the detail names. Split it; it will never be taken whole.',
  UNSUPPORTED_MEDIA_TYPE: 'Send application/json, uncompressed or as gzip or deflate.',
  INVALID_INPUT: 'A field is missing, unknown, of the wrong type or out of range; errors[] points to it.',
  UNSUPPORTED_LANGUAGE: 'The model cannot answer this language; bio lists those it can.',
  ITEM_REJECTED: 'The model refuses this input, or two workers ended on it; others are answered.',
  OVERLOADED: 'The queue is full. Try again after the seconds in Retry-After.',
  HEADERS_TOO_LARGE: 'The headers are above 16 KiB.',
  INFERENCE_FAILED: 'The model failed; our fault. The log has the request id.',
  UPSTREAM_FAILED: 'A service that the model needs failed.',
  UPSTREAM_TIMEOUT: 'A service that the model needs did not answer in time.',
  MODEL_NOT_READY: 'The model is loading or its workers are being replaced. Try again after Retry-After.',
  WORKER_LOST:
    'The worker process ended during the request and no other can take it over. Nothing was answered; try again.',
  SHUTTING_DOWN: 'This server is going away; send the request to another.',
  DEADLINE_EXCEEDED: 'No answer within the time limit of the server or of the header x-request-timeout-ms.',
  CONFIG_INVALID: 'The configuration cannot be used; the sentence names every variable that is wrong.',
  MODEL_LOAD_FAILED: 'The model version is missing, damaged, or does not answer as recorded; the sentence says which.',
}

export const PROBLEM_TYPE = 'application/problem+json'

export const problemSchema = Type.Object(
  {
    type: Type.String({ description: 'urn:servery:error:<code in lower case>; docs/errors.md explains each' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What is wrong and the way out' }),
    code: Type.String({ description: 'Stable code; match on this' }),
    request_id: Type.String(),
    errors: Type.Optional(
      Type.Array(
        Type.Object({ pointer: Type.String({ description: 'JSON pointer into the request' }), detail: Type.String() }),
      ),
    ),
  },
  { $id: 'Problem', description: 'Every error, as application/problem+json' },
)

/** The `response` entries of a route for the codes it can answer, grouped by status. */
export function problemResponses(codes: readonly ErrorCode[]): Record<number, unknown> {
  const statuses = [...new Set(codes.map((code) => HTTP_STATUS[code]))]
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: codes.filter((code) => HTTP_STATUS[code] === status).join(', '),
        content: { [PROBLEM_TYPE]: { schema: problemSchema as TSchema } },
      },
    ]),
  )
}

/** Codes of Fastify and its content parsers that are a fault of the request. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'INPUT_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'MALFORMED_REQUEST',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'MALFORMED_REQUEST',
  FST_ERR_CTP_INVALID_JSON_BODY: 'MALFORMED_REQUEST',
  FST_ERR_BAD_URL: 'MALFORMED_REQUEST',
  FST_ERR_MAX_PARAM_LENGTH: 'ROUTE_NOT_FOUND',
  FST_ERR_NOT_FOUND: 'ROUTE_NOT_FOUND',
}

/** Any thrown value as one of ours. What we do not know is a fault of ours, and its message stays inside. */
export function toServeryError(error: unknown): ServeryError {
  if (isServeryError(error)) return error
  const { code, validation, validationContext, statusCode, message } = error as FastifyError
  if (validation) return invalidInput(validation as Fault[], validationContext)
  const known =
    FASTIFY_CODES[code] ?? (statusCode === 400 || error instanceof SyntaxError ? 'MALFORMED_REQUEST' : undefined)
  if (known === 'MALFORMED_REQUEST')
    return new ServeryError(known, `The request could not be read: ${jsonFault(message)}`)
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new ServeryError(
      'INPUT_TOO_LARGE',
      'The body is larger than the limit (SERVERY_MAX_BODY_BYTES), counted after decompression. Split the request.',
    )
  if (known) return new ServeryError(known, message)
  return new ServeryError('INFERENCE_FAILED', 'Something failed on our side; the log has it under this request id.', {
    cause: error,
  })
}

/** V8 quotes the text around a JSON fault: only the position may leave. */
function jsonFault(message: string): string {
  if (!/JSON|token|property/i.test(message)) return message
  const position = message.match(/position \d+/)?.[0]
  return `the body is not valid JSON${position ? ` at ${position}` : ''}.`
}

/**
 * Where a body may be one thing or a list, every branch that fails reports: only the deepest faults say what the caller
 * got wrong.
 */
function invalidInput(validation: readonly Fault[], context: string | undefined): ServeryError {
  const faults = validation.filter(({ keyword }) => keyword !== 'anyOf')
  const violations = (faults.length > 0 ? faults : validation).map((fault) => toViolation(fault, context))
  const depth = Math.max(...violations.map(({ pointer }) => pointer.split('/').length))
  const deepest = violations.filter(({ pointer }) => pointer.split('/').length === depth)
  const { pointer, detail } = deepest[0] as Violation
  return new ServeryError('INVALID_INPUT', `The ${context ?? 'request'} is not valid: ${pointer || '/'} ${detail}.`, {
    violations: deepest,
  })
}

interface Fault {
  readonly instancePath: string
  readonly message?: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
}

function toViolation(fault: Fault, context: string | undefined): Violation {
  const { keyword, params } = fault
  const where = context === undefined || context === 'body' ? '' : `/${context}`
  if (keyword === 'additionalProperties') {
    return {
      pointer: `${where}${fault.instancePath}/${escapePointer(String(params.additionalProperty))}`,
      detail: 'is not a known field',
    }
  }
  if (keyword === 'required')
    return { pointer: `${where}${fault.instancePath}/${params.missingProperty}`, detail: 'is required' }
  return { pointer: `${where}${fault.instancePath}`, detail: fault.message ?? 'is not valid' }
}

/** RFC 6901; a hostile field name is cut, not echoed at length. */
function escapePointer(name: string): string {
  return name.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Name and code of what was thrown, and the innermost place in our own files; never the message, which may quote a text. */
function causeOf({ code, cause }: ServeryError): Record<string, unknown> {
  if (!(cause instanceof Error)) return { code }
  const place = cause.stack?.match(/\/(?:libs|projects|node_modules)\/([^)\s]+)/)?.[1]
  return { code, cause: cause.name, causeCode: (cause as NodeJS.ErrnoException).code, place }
}

export function problemOf(error: ServeryError, requestId: string): Record<string, unknown> {
  const status = HTTP_STATUS[error.code]
  return {
    type: `urn:servery:error:${error.code.toLowerCase()}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: error.message,
    code: error.code,
    request_id: requestId,
    ...(error.violations.length > 0 ? { errors: error.violations } : {}),
  }
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toServeryError(error)
  if (HTTP_STATUS[known.code] === 500) request.log.error(causeOf(known), 'request failed')
  request.problemCode = known.code
  reply.header('x-request-id', request.id)
  if (known.retryAfterSeconds !== undefined) reply.header('retry-after', known.retryAfterSeconds)
  if (known.code === 'SHUTTING_DOWN') reply.header('connection', 'close')
  // Serialised here: an answer that failed because its schema refused it must not meet that schema again.
  return reply
    .code(HTTP_STATUS[known.code])
    .type(PROBLEM_TYPE)
    .serializer((body) => JSON.stringify(body))
    .send(problemOf(known, request.id))
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Code of the problem that was answered, for the log line and the metrics. */
    problemCode: ErrorCode | undefined
  }
}
