/** The report of a load run as a self-contained HTML page. */
import type { Evaluation } from '../measurement/evaluation.ts'
import type { LoadRun } from '../measurement/load-run.ts'
import type { UserGroup } from '../workload/user-groups.ts'
import { type Chart, page, table } from './page.ts'
import type { Report } from './results.ts'
import { limit, shown, verdict } from './summary.ts'

/** Percentages at which the latency distribution is drawn. */
const SHARES = [0, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 97, 98, 99, 99.5, 99.9, 99.99]

export function loadReportPage(project: string, run: LoadRun, report: Report, evaluation: Evaluation): string {
  return page({
    title: `Load test of ${project}, ${report.model_version}`,
    verdict: verdict(evaluation, report),
    passed: evaluation.passed,
    sections: [criteriaTable(evaluation), endpointsTable(report), usersTable(report), errorsTable(report)],
    charts: chartsOf(run),
    facts: factsOf(report),
  })
}

function criteriaTable({ evaluated_criteria }: Evaluation): string {
  const rows = evaluated_criteria.map((one) => [
    one.passed ? 'met' : one.hard ? 'not met' : 'not met (soft)',
    `${one.endpoint_type} ${one.endpoint_url}`,
    one.name,
    limit(one),
    shown(one.observed),
  ])
  return `<h2>Criteria</h2>${table(['', 'endpoint', 'measurement', 'limit', 'observed'], rows, 'criteria')}`
}

function endpointsTable({ completed }: Report): string {
  const names = [
    'requests_total',
    'requests_rps',
    'avg_response_time',
    'response_time_p50',
    'response_time_p95',
    'response_time_p99',
    'max_response_time',
    'failures_total',
  ]
  const rows = Object.values(completed).map(({ endpoint_type, endpoint_url, measurements }) => [
    `${endpoint_type} ${endpoint_url}`,
    ...names.map((name) => shown(measurements[name]?.value ?? null)),
  ])
  const head = [
    'endpoint',
    'requests',
    'per second',
    'average ms',
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'longest ms',
    'failed',
  ]
  return `<h2>Endpoints</h2>${table(head, rows, '')}`
}

function usersTable({ completed, users }: Report): string {
  const rows = Object.values(completed).flatMap(({ endpoint_type, endpoint_url, by_users }) =>
    by_users.map(({ group, requests_total, response_time_p50, response_time_p99 }) => [
      describeGroup(users[group] as UserGroup),
      `${endpoint_type} ${endpoint_url}`,
      ...[requests_total, response_time_p50, response_time_p99].map(shown),
    ]),
  )
  return `<h2>Groups of users</h2>${table(['users', 'endpoint', 'requests', 'p50 ms', 'p99 ms'], rows, '')}`
}

function describeGroup(group: UserGroup): string {
  switch (group.loop) {
    case 'closed':
      return `closed loop, ${group.connections} connections`
    case 'open':
      return `open loop, ${group.perSecond} per second`
    case 'users':
      return `${group.users} virtual users, think time ${group.thinkSeconds.join(' to ')} s`
  }
}

function errorsTable({ failures }: Report): string {
  const rows = Object.values(failures).flatMap(({ method, name, errors }) =>
    errors.map(({ error, occurrences }) => [`${method} ${name}`, error, String(occurrences)]),
  )
  return rows.length === 0 ? '' : `<h2>Errors</h2>${table(['endpoint', 'error', 'count'], rows, 'errors')}`
}

function chartsOf({ recorder, serverSeconds }: LoadRun): Chart[] {
  const seconds = recorder.seconds
  const x = seconds.map((_, i) => i)
  const over = (of: (second: (typeof seconds)[number], i: number) => number | null) => seconds.map(of)
  const p50 = over(({ latenciesUs }) => quantileMs(latenciesUs, 0.5))
  const endpoints = [...recorder.endpoints.values()]
  return [
    {
      title: 'Latency distribution: share of requests that were faster',
      x: 'share, spread towards 100 %',
      y: 'ms',
      logX: true,
      data: [
        SHARES.map((share) => 1 / (1 - share / 100)),
        ...endpoints.map(({ histogram }) => SHARES.map((share) => histogram.getValueAtPercentile(share) / 1_000)),
      ],
      series: endpoints.map(({ method, path }) => `${method} ${path}`),
    },
    {
      title: 'Latency over time',
      x: 'seconds',
      y: 'ms',
      data: [x, p50, over(({ latenciesUs }) => quantileMs(latenciesUs, 0.99))],
      series: ['p50', 'p99'],
    },
    {
      title: 'Throughput over time',
      x: 'seconds',
      y: 'requests per second',
      data: [x, over(({ total }) => total)],
      series: ['requests'],
    },
    {
      title: 'Errors over time',
      x: 'seconds',
      y: 'failed per second',
      data: [x, over(({ failures }) => failures)],
      series: ['failed'],
    },
    {
      title: 'Latency in the server and at the client',
      x: 'seconds',
      y: 'ms',
      data: [
        x,
        over((_, i) => serverSeconds[i]?.queueMs ?? null),
        over((_, i) => serverSeconds[i]?.inferenceMs ?? null),
        p50,
      ],
      series: ['queue (average, server)', 'inference of a batch (average, server)', 'p50 at the client'],
    },
  ]
}

function quantileMs(latenciesUs: readonly number[], share: number): number | null {
  const sorted = [...latenciesUs].sort((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]
  return value === undefined ? null : value / 1_000
}

function factsOf(report: Report): [string, string][] {
  const { hardware, versions, server } = report
  return [
    ['requests', `${report.num_requests} in ${report.seconds.toFixed(1)} measured seconds`],
    ['failed', `${report.num_requests_fail}, including ${report.wrong_answers} wrong answers`],
    ['start', new Date(Number(report.start_time) * 1_000).toISOString()],
    ['users', report.users.map((group) => JSON.stringify(group)).join(' ')],
    ['seed', String(report.seed)],
    [
      'machine',
      `${hardware.cpu}, ${hardware.cpus} CPUs, ${hardware.memory_gib} GiB, ${hardware.system}, int8: ${hardware.int8_instructions}`,
    ],
    [
      'versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    [
      'server',
      server === null
        ? 'without metrics'
        : `queue ${server.queue_avg_ms.toFixed(1)} ms on average, p99 ${server.queue_p99_ms.toFixed(1)}; inference of a batch ${server.inference_avg_ms.toFixed(1)} ms, p99 ${server.inference_p99_ms.toFixed(1)}; ${server.batch_items_avg.toFixed(1)} items per batch`,
    ],
    ['load generator', `event-loop delay p99 ${report.tester.event_loop_delay_p99_ms.toFixed(1)} ms`],
  ]
}
