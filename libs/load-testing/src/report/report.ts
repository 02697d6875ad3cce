/** Builds the report of a run, in the format of its file. */
import os from 'node:os'
import type { LoadRun } from '../measurement/load-run.ts'
import { MEASUREMENTS, measure } from '../measurement/measurements.ts'
import type { EndpointRecord } from '../measurement/recorder.ts'
import { average, between, quantile, type Snapshot } from '../measurement/server-metrics.ts'
import { endpointId } from '../workload/exchange.ts'
import type { UserGroup } from '../workload/user-groups.ts'
import type { Report } from './results.ts'

export interface About {
  readonly users: readonly UserGroup[]
  readonly seed: number
  readonly modelVersion: string
  readonly int8Instructions: string | undefined
  readonly versions: Readonly<Record<string, string>>
}

export function reportOf(run: LoadRun, about: About): Report {
  const { recorder } = run
  const endpoints = [...recorder.endpoints.values()]
  return {
    completed: Object.fromEntries(endpoints.map((endpoint) => [endpointId(endpoint), completed(endpoint, run)])),
    failures: Object.fromEntries(
      endpoints.filter(({ failures }) => failures > 0).map((one) => [endpointId(one), failuresOf(one)]),
    ),
    num_requests: recorder.total,
    num_requests_fail: recorder.failures,
    start_time: String(run.startedAt / 1_000),
    end_time: String(run.endedAt / 1_000),
    seconds: run.seconds,
    interrupted: run.interrupted,
    wrong_answers: recorder.wrong,
    seed: about.seed,
    users: [...about.users],
    model_version: about.modelVersion,
    versions: { node: process.versions.node, ...about.versions },
    hardware: hardware(about.int8Instructions),
    tester: { event_loop_delay_p99_ms: run.generatorDelayP99Ms },
    server: serverTimes(run.server.before, run.server.after),
  }
}

/** @param int8Instructions as reported by the server */
export function hardware(int8Instructions = 'unknown'): Report['hardware'] {
  return {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cpus: os.availableParallelism(),
    memory_gib: Math.round((os.totalmem() / 2 ** 30) * 10) / 10,
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    int8_instructions: int8Instructions,
  }
}

function completed(endpoint: EndpointRecord, run: LoadRun): Report['completed'][string] {
  const measured = measure(endpoint, run.seconds)
  const id = endpointId(endpoint)
  return {
    endpoint_type: endpoint.method,
    endpoint_url: endpoint.path,
    endpoint_id: id,
    measurements: Object.fromEntries(MEASUREMENTS.map((name) => [name, { name, value: measured[name] }])),
    by_users: [...endpoint.byGroup].map(([group, histogram]) => ({
      group,
      requests_total: histogram.totalCount,
      response_time_p50: histogram.getValueAtPercentile(50) / 1_000,
      response_time_p99: histogram.getValueAtPercentile(99) / 1_000,
    })),
  }
}

function failuresOf({ method, path, errors, failures }: EndpointRecord): Report['failures'][string] {
  const sorted = [...errors].sort(([, a], [, b]) => b - a).map(([error, occurrences]) => ({ error, occurrences }))
  return { name: path, method, error: sorted[0]?.error ?? '', occurrences: failures, errors: sorted }
}

/** The times measured by the server between two readings of its metrics; null if one of them failed. */
export function serverTimes(before: Snapshot | undefined, after: Snapshot | undefined): Report['server'] {
  if (before === undefined || after === undefined) return null
  const queue = between(before.queue, after.queue)
  const inference = between(before.inference, after.inference)
  return {
    queue_avg_ms: average(queue) * 1_000,
    queue_p99_ms: quantile(queue, 0.99) * 1_000,
    inference_avg_ms: average(inference) * 1_000,
    inference_p99_ms: quantile(inference, 0.99) * 1_000,
    batch_items_avg: average(between(before.batchItems, after.batchItems)),
  }
}
