export { type BreakerLimits, CircuitBreaker } from './circuit-breaker.ts'
export { keepParsersGoing } from './paused-parser.ts'
export { Upstream, type UpstreamOptions } from './upstream.ts'
