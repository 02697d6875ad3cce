/** The measurements of an endpoint, with the names of the reference contract. */
import type { LoadRun } from './load-run.ts'
import type { EndpointRecord } from './recorder.ts'

const PERCENTILES = [50, 55, 65, 75, 85, 90, 95, 99] as const

/** In the order of the report. Times in milliseconds; `failures_percent` is a share, 0 to 1. */
export const MEASUREMENTS = [
  'avg_response_time',
  'min_response_time',
  'response_time_p50',
  'response_time_p55',
  'response_time_p65',
  'response_time_p75',
  'response_time_p85',
  'response_time_p90',
  'response_time_p95',
  'response_time_p99',
  'max_response_time',
  'requests_total',
  'requests_rps',
  'requests_rpm',
  'failures_total',
  'failures_percent',
] as const
export type Measurement = (typeof MEASUREMENTS)[number]

/** Another name of the contract: a list of all times, for which a criterion makes no sense. */
export const UNMEASURED = 'response_times'

/** With fewer requests than this, the percentiles of a group are meaningless. */
const LEAST_OF_A_GROUP = 100

/** Measurements over all groups of users. @param seconds measured seconds */
export function measure(endpoint: EndpointRecord, seconds: number): Record<Measurement, number> {
  const { histogram, total, failures, sumUs, leastUs, mostUs } = endpoint
  const rps = total / seconds
  return {
    avg_response_time: sumUs / total / 1_000,
    min_response_time: leastUs / 1_000,
    ...percentiles((p) => histogram.getValueAtPercentile(p)),
    max_response_time: mostUs / 1_000,
    requests_total: total,
    requests_rps: rps,
    requests_rpm: rps * 60,
    failures_total: failures,
    failures_percent: failures / total,
  }
}

/** The measurements that criteria are evaluated against, by endpoint id. */
export function measureAll({ recorder, seconds }: LoadRun): Map<string, Record<Measurement, number>> {
  return new Map([...recorder.endpoints].map(([id, endpoint]) => [id, measureStrictly(endpoint, seconds)]))
}

/**
 * Like `measure`, but each percentile is that of the slowest group of users: the many requests of a closed loop, which stops
 * sending while the server stalls, must not hide a stall that an open loop measures. Small groups count only together
 * with all others: their p99 would be their slowest request.
 */
function measureStrictly(endpoint: EndpointRecord, seconds: number): Record<Measurement, number> {
  const groups = [...endpoint.byGroup.values()].filter(({ totalCount }) => totalCount >= LEAST_OF_A_GROUP)
  const all = [endpoint.histogram, ...groups]
  const slowest = percentiles((p) => Math.max(...all.map((histogram) => histogram.getValueAtPercentile(p))))
  return { ...measure(endpoint, seconds), ...slowest }
}

/** @param us returns the microseconds at a percentile */
function percentiles(
  us: (percentile: number) => number,
): Record<`response_time_p${(typeof PERCENTILES)[number]}`, number> {
  return Object.fromEntries(PERCENTILES.map((p) => [`response_time_p${p}`, us(p) / 1_000])) as never
}
