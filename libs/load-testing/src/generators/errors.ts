/** Why a request got no answer: the same words for the same cause, whichever generator sent it. */

export const NO_ANSWER = 'connection closed before the answer was complete'

const WORDS: Readonly<Record<string, string>> = {
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
  return WORDS[code] ?? `${code || name}: ${message}`
}
