/** Reasons why a request got no answer, with the same words for all generators. */

export const NO_ANSWER = 'connection closed before the answer was complete'

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  UND_ERR_SOCKET: NO_ANSWER,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: NO_ANSWER,
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'host not found',
}

export function noAnswerWithin(timeoutMs: number): string {
  return `no answer within ${timeoutMs} ms`
}

export function connectionError(error: unknown): string {
  const { code = '', name, message } = error as Error & { code?: string }
  return REASONS[code] ?? `${code || name}: ${message}`
}
