import { ServeryError } from '@servery/core'
import {
  errorReason,
  isRetryableStatus,
  isTimeout,
  isTlsError,
  isTransient,
  RetryableError,
  wasNotSent,
} from '@servery/http-client'

const coded = (code: string, options?: ErrorOptions) => Object.assign(new Error('it failed', options), { code })
const kinds = (error: unknown) => ({
  notSent: wasNotSent(error),
  timeout: isTimeout(error),
  tls: isTlsError(error),
  transient: isTransient(error),
})
const NONE = { notSent: false, timeout: false, tls: false, transient: false }

it.each<[string, unknown, Partial<typeof NONE>]>([
  ['no connection', coded('ECONNREFUSED'), { notSent: true, transient: true }],
  ['no connection in time', coded('UND_ERR_CONNECT_TIMEOUT'), { notSent: true, timeout: true, transient: true }],
  ['no answer in time', coded('UND_ERR_HEADERS_TIMEOUT'), { timeout: true, transient: true }],
  ['the end of a time limit', new DOMException('too late', 'TimeoutError'), { timeout: true, transient: true }],
  ['a broken connection', coded('ECONNRESET'), { transient: true }],
  ['an answer that asks for another attempt', new RetryableError('503'), { transient: true }],
  ['a certificate that is not trusted', coded('DEPTH_ZERO_SELF_SIGNED_CERT'), { tls: true }],
  [
    'one behind a broken connection',
    coded('ECONNRESET', { cause: coded('ERR_TLS_CERT_ALTNAME_INVALID') }),
    { tls: true },
  ],
  ['a cause', new TypeError('fetch failed', { cause: coded('EAI_AGAIN') }), { notSent: true, transient: true }],
  ['several addresses', new AggregateError([coded('ENETUNREACH')]), { notSent: true, transient: true }],
  ['a fault of ours', new TypeError('x is not a function'), {}],
  ['no error', undefined, {}],
  ['an error that was judged already', new ServeryError('UPSTREAM_FAILED', 'no', { cause: coded('EPIPE') }), {}],
])('%s is classified by codes', (_, error, expected) => {
  expect(kinds(error)).toEqual({ ...NONE, ...expected })
})

it('takes statuses that may get better for retryable', () => {
  expect([400, 404, 429, 500, 501, 503].filter(isRetryableStatus)).toEqual([429, 500, 503])
})

it('reads the seconds of Retry-After, and nothing else of it', () => {
  const asked = (retryAfter?: string) => new RetryableError('503', { retryAfter }).retryAfterMs
  expect([asked('2'), asked('Wed, 21 Oct 2026 07:28:00 GMT'), asked()]).toEqual([2_000, 0, 0])
})

it('gives the first message and code as reason', () => {
  expect(errorReason(coded('EPIPE'))).toBe('it failed (EPIPE)')
  expect(errorReason(new AggregateError([coded('ECONNREFUSED')]))).toBe('it failed (ECONNREFUSED)')
  expect(errorReason(new Error('read ECONNRESET', { cause: coded('ECONNRESET') }))).toBe('read ECONNRESET')
  expect(errorReason('nothing')).toBe('nothing')
})
