/** Errors of the native protocol: the table from codes to statuses, and `application/problem+json` (RFC 9457). */
import { STATUS_CODES } from 'node:http'
import { type ErrorCode, ServeryError, type Violation } from '@servery/core'
import { type TSchema, Type } from '@servery/schema'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { logFault, toServeryError } from '../thrown-errors.ts'

/** CONFIG_INVALID ends a start, so normally no request sees it; if one does, it gets 500. */
export const HTTP_STATUS: Readonly<Record<ErrorCode, number>> = {
  MALFORMED_REQUEST: 400,
  FORBIDDEN: 403,
  MODEL_NOT_FOUND: 404,
  ROUTE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  VERSION_CONFLICT: 409,
  INPUT_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  INVALID_INPUT: 422,
  UNSUPPORTED_LANGUAGE: 422,
  ITEM_REJECTED: 422,
  MODEL_LOAD_FAILED: 422,
  OVERLOADED: 429,
  HEADERS_TOO_LARGE: 431,
  INFERENCE_FAILED: 500,
  CONFIG_INVALID: 500,
  UPSTREAM_FAILED: 502,
  MODEL_NOT_READY: 503,
  NO_ROOM: 503,
  WORKER_LOST: 503,
  SHUTTING_DOWN: 503,
  UPSTREAM_TIMEOUT: 504,
  DEADLINE_EXCEEDED: 504,
}

/** Explains each code to clients; docs/errors.md is generated from it. */
export const ERROR_MEANINGS: Readonly<Record<ErrorCode, string>> = {
  MALFORMED_REQUEST:
    'The request is not valid HTTP, or its body is not valid JSON. Fix the request; a retry does not help.',
  MODEL_NOT_FOUND: 'No such model or version is loaded; the detail lists those that are.',
  ROUTE_NOT_FOUND: 'There is no such route; /docs lists all routes.',
  METHOD_NOT_ALLOWED: 'The path does not support this method; the header Allow lists those it does.',
  REQUEST_TIMEOUT: 'The request did not arrive in time, or the client disconnected.',
  INPUT_TOO_LARGE:
    'A body, text or list exceeds the limit that the detail names. Split the request; a retry does not help.',
  UNSUPPORTED_MEDIA_TYPE:
    'The content type or encoding is not supported. Send application/json, uncompressed or compressed by gzip or deflate.',
  INVALID_INPUT: 'A field is missing, unknown, of the wrong type or out of range; errors[] points to it.',
  UNSUPPORTED_LANGUAGE: 'The model does not support this language; /bio lists those it does.',
  ITEM_REJECTED:
    'The model rejects this input, or two worker processes ended while they processed it. Other requests are not affected.',
  OVERLOADED: 'The queue is full. Try again after the number of seconds in Retry-After.',
  HEADERS_TOO_LARGE: 'The request headers exceed 16 KiB.',
  INFERENCE_FAILED:
    'The model or the server failed; the request is not the cause. The log has the details under the request id.',
  UPSTREAM_FAILED: 'A service that the model depends on failed.',
  UPSTREAM_TIMEOUT: 'A service that the model depends on did not answer in time.',
  MODEL_NOT_READY:
    'The model is loading, or its workers are being replaced. Try again after the number of seconds in Retry-After.',
  NO_ROOM:
    'The version does not fit into the memory for models beside those in use. Try again after the number of seconds in Retry-After, or unload one.',
  VERSION_CONFLICT:
    'A version never changes, but its folder has other content than when it was first loaded. Give the new content a new version.',
  FORBIDDEN: 'This caller may not do this; the detail says who may.',
  WORKER_LOST: 'The worker process ended during the request, and no other worker can take over. Try again.',
  SHUTTING_DOWN: 'This server is shutting down; send the request to another one.',
  DEADLINE_EXCEEDED: 'No answer within the time limit of the server or of the header x-request-timeout-ms.',
  CONFIG_INVALID: 'The configuration is not valid; the message names every variable that is wrong.',
  MODEL_LOAD_FAILED:
    'The model version is missing or damaged, or it does not answer as recorded; the message says which.',
}

export const PROBLEM_TYPE = 'application/problem+json'

export const problemSchema = Type.Object(
  {
    type: Type.String({ description: 'urn:servery:error:<code in lower case>; docs/errors.md explains each' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What is wrong, and how to fix it' }),
    code: Type.String({ description: 'Stable error code, for programs' }),
    request_id: Type.String(),
    errors: Type.Optional(
      Type.Array(
        Type.Object({ pointer: Type.String({ description: 'JSON pointer into the request' }), detail: Type.String() }),
      ),
    ),
  },
  { $id: 'Problem', description: 'An error, as application/problem+json' },
)

/** The `response` entries of a route for the error codes it can answer with, grouped by status. */
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

export function problemOf(error: ServeryError, requestId: string): Record<string, unknown> {
  const status = HTTP_STATUS[error.code]
  const violations = violationsOf(error)
  return {
    type: `urn:servery:error:${error.code.toLowerCase()}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: error.message,
    code: error.code,
    request_id: requestId,
    ...(violations.length > 0 ? { errors: violations } : {}),
  }
}

/** The violations of an error; an input that failed is one of them. */
function violationsOf({ item, message, violations }: ServeryError): readonly Violation[] {
  return item === undefined ? violations : [{ pointer: `/inputs/${item}`, detail: message }]
}

export function routeNotFound(): ServeryError {
  return new ServeryError('ROUTE_NOT_FOUND', 'There is no such route; /docs lists all routes.')
}

/** The error for a path that does not support the method of a request; lists those it does in the header Allow of the answer. */
export function methodNotAllowed(reply: FastifyReply, allowed: readonly string[]): ServeryError {
  const methods = allowed.join(', ')
  reply.header('allow', methods)
  return new ServeryError('METHOD_NOT_ALLOWED', `This path supports ${methods}.`)
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toServeryError(error)
  if (HTTP_STATUS[known.code] === 500) logFault(known, request.log)
  request.errorCode = known.code
  reply.header('x-request-id', request.id)
  if (known.retryAfterSeconds !== undefined) reply.header('retry-after', known.retryAfterSeconds)
  if (known.code === 'SHUTTING_DOWN') reply.header('connection', 'close')
  // With its own serialiser: an error caused by the response schema must not be serialised by that schema again.
  return reply
    .code(HTTP_STATUS[known.code])
    .type(PROBLEM_TYPE)
    .serializer((body) => JSON.stringify(body))
    .send(problemOf(known, request.id))
}
