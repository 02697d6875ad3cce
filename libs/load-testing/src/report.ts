/** The report of a run in the shape of its file. */
import os from 'node:os'
import { endpointOf } from './exchange.ts'
import type { LoadRun } from './load-run.ts'
import { MEASUREMENTS, type Measurement, measure, measureStrictly } from './measurements.ts'
import type { UserGroup } from './plan.ts'
import type { EndpointRecord } from './recorder.ts'
import type { Report } from './results.ts'
import { serverSide } from './server-metrics.ts'

export interface About {
  readonly users: readonly UserGroup[]
  readonly seed: number
  readonly modelVersion: string
  readonly int8Instructions: string | undefined
  readonly versions: Readonly<Record<string, string>>
}

/** What the criteria are held against, by endpoint id. */
export function measureAll(run: LoadRun): Map<string, Record<Measurement, number>> {
  return new Map([...run.recorder.endpoints].map(([id, endpoint]) => [id, measureStrictly(endpoint, run.seconds)]))
}

export function reportOf(run: LoadRun, about: About): Report {
  const { recorder } = run
  const endpoints = [...recorder.endpoints.values()]
  return {
    completed: Object.fromEntries(endpoints.map((endpoint) => [endpointOf(endpoint), completed(endpoint, run)])),
    failures: Object.fromEntries(
      endpoints.filter(({ failures }) => failures > 0).map((one) => [endpointOf(one), failuresOf(one)]),
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
    tester: { event_loop_delay_p99_ms: run.testerDelayP99Ms },
    server: serverSide(run.server.before, run.server.after),
  }
}

/** @param int8Instructions as the server says */
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
  const id = endpointOf(endpoint)
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
