/** Answers connections that never became a request: headers too large, an invalid request line, a client that is too slow. */
import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { type ErrorCode, ServeryError } from '@servery/core'
import { HTTP_STATUS, PROBLEM_TYPE, problemOf } from '../protocols/native/errors.ts'

const ERRORS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['HEADERS_TOO_LARGE', 'The headers are too large; the limit is 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['REQUEST_TIMEOUT', 'The request did not arrive in time.'],
}

export function answerConnectionError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [code, message] =
    ERRORS[error.code ?? ''] ?? (['MALFORMED_REQUEST', 'This is not a valid HTTP request.'] as const)
  const problem = problemOf(new ServeryError(code, message), randomUUID())
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${HTTP_STATUS[code]} ${problem.title}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
