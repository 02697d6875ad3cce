export { type BreakerLimits, CircuitBreaker } from './circuit-breaker.ts'
export { Upstream, type UpstreamOptions } from './upstream.ts'
