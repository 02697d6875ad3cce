export { type BreakerLimits, CircuitBreaker } from './circuit-breaker.ts'
export {
  errorReason,
  isRetryableStatus,
  isTimeout,
  isTlsError,
  isTransient,
  RetryableError,
  wasNotSent,
} from './errors.ts'
export { HttpClient, type HttpClientSettings, type HttpMethod, type HttpResponse } from './http-client.ts'
export { keepParsersGoing } from './paused-parser.ts'
export { type RetryOptions, withRetries } from './retries.ts'
export { Upstream, type UpstreamOptions } from './upstream.ts'
