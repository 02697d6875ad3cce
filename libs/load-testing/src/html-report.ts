/** A run as one self-contained page: charts by uPlot, readable without it, right in light and dark. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Evaluation } from './criteria.ts'
import type { LoadRun } from './load-run.ts'
import type { Report } from './results.ts'
import { limit, shown, verdict } from './summary.ts'

/** Shares at which the distribution is drawn. */
const SHARES = [0, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 97, 98, 99, 99.5, 99.9, 99.99]

export interface Chart {
  readonly title: string
  readonly x: string
  readonly y: string
  /** Spreads the x axis by its logarithm. */
  readonly logX?: boolean
  /** The first is x; null leaves a gap. */
  readonly data: readonly (readonly (number | null)[])[]
  readonly series: readonly string[]
}

export function loadReportPage(project: string, run: LoadRun, report: Report, evaluation: Evaluation): string {
  return page({
    title: `Load test of ${project}, ${report.model_version}`,
    verdict: verdict(evaluation, report),
    passed: evaluation.passed,
    sections: [criteriaTable(evaluation), endpointsTable(report), errorsTable(report)],
    charts: chartsOf(run),
    facts: factsOf(report),
  })
}

export interface Page {
  readonly title: string
  readonly verdict: string
  readonly passed: boolean
  readonly sections: readonly string[]
  readonly charts: readonly Chart[]
  readonly facts: readonly (readonly [string, string])[]
}

export function page({ title, verdict, passed, sections, charts, facts }: Page): string {
  const figures = charts.map(
    ({ title }, i) => `<figure><figcaption>${escaped(title)}</figcaption><div id="chart-${i}"></div></figure>`,
  )
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${asset('uPlot.min.css')}${STYLE}</style></head>
<body><h1>${escaped(title)}</h1>
<p class="${passed ? 'passed' : 'failed'}">${escaped(verdict)}</p>
${sections.join('\n')}
<div class="charts">${figures.join('\n')}</div>
<h2>Run</h2>${table(['', ''], facts, '')}
<script>${asset('uPlot.iife.min.js')}</script>
<script>const charts = ${JSON.stringify(charts).replaceAll('<', '\\u003c')};${DRAW}</script>
</body></html>
`
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
      title: 'In the server and at the client',
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
    ['requests', `${report.num_requests} in ${report.seconds.toFixed(1)} s that counted`],
    ['failed', `${report.num_requests_fail}, wrong answers among them: ${report.wrong_answers}`],
    ['began', new Date(Number(report.start_time) * 1_000).toISOString()],
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
        : `queue ${server.queue_avg_ms.toFixed(1)} ms on average, p99 ${server.queue_p99_ms.toFixed(1)}; inference of a batch ${server.inference_avg_ms.toFixed(1)} ms, p99 ${server.inference_p99_ms.toFixed(1)}; ${server.batch_items_avg.toFixed(1)} items a batch`,
    ],
    ['tester', `event-loop delay p99 ${report.tester.event_loop_delay_p99_ms.toFixed(1)} ms`],
  ]
}

export function table(head: readonly string[], rows: readonly (readonly string[])[], id: string): string {
  const cells = (row: readonly string[], tag: string) => row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')
  const body = rows
    .map((row) => `<tr${row[0]?.startsWith('not met') ? ' class="failed"' : ''}>${cells(row, 'td')}</tr>`)
    .join('')
  const header = head.some(Boolean) ? `<thead><tr>${cells(head, 'th')}</tr></thead>` : ''
  return `<div class="wide"><table${id ? ` id="${id}"` : ''}>${header}<tbody>${body}</tbody></table></div>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function asset(name: string): string {
  const main = createRequire(import.meta.url).resolve('uplot')
  return readFileSync(path.join(path.dirname(main), name), 'utf8')
}

const STYLE = `
:root { color-scheme: light dark; --text: #1c1e21; --back: #ffffff; --line: #d7dae0; --soft: #5b626d; --good: #157347; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --text: #e8eaed; --back: #16181c; --line: #3a3f47; --soft: #a5acb8; --good: #5bd08f; --bad: #ff8a80 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
p.passed, p.failed { font-weight: 600; font-size: 1.1rem } .passed { color: var(--good) } .failed { color: var(--bad) }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } .wide { overflow-x: auto }
td, th { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top } th { color: var(--soft); font-weight: 500 }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(26rem, 1fr)); gap: 1.5rem; margin-top: 2rem }
figure { margin: 0 } figcaption { font-weight: 600; margin-bottom: .25rem } .u-legend { font-size: 12px; text-align: left }
`

/** Runs in the page. Colours are told apart by lightness too, on both grounds. */
const DRAW = `
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const dark = matchMedia('(prefers-color-scheme: dark)');
const colours = () => dark.matches ? ['#6ea8fe', '#ffb454', '#7ee2b8', '#e599f7'] : ['#1f5fd1', '#c05a00', '#0b7a55', '#8e24aa'];
const plots = [];
function draw() {
  plots.splice(0).forEach((plot) => plot.destroy());
  charts.forEach((chart, i) => {
    const box = document.getElementById('chart-' + i);
    const axis = (label) => ({ label, stroke: css('--text'), grid: { stroke: css('--line'), width: 1 }, ticks: { stroke: css('--line') }, labelSize: 22 });
    const share = (v) => v == null ? '' : +(100 * (1 - 1 / v)).toFixed(2) + ' %';
    plots.push(new uPlot({
      width: box.clientWidth, height: 260,
      scales: { x: chart.logX ? { time: false, distr: 3 } : { time: false }, y: { range: (u, lo, hi) => [0, hi > 0 ? hi * 1.1 : 1] } },
      axes: [{ ...axis(chart.x), ...(chart.logX ? { values: (u, splits) => splits.map((v) => [1, 2, 10, 100, 1000, 10000].includes(v) ? share(v) : '') } : {}) }, axis(chart.y)],
      series: [{ label: chart.x, ...(chart.logX ? { value: (u, v) => share(v) } : {}) }, ...chart.series.map((label, s) => ({ label, stroke: colours()[s % 4], width: 2, points: { show: chart.data[0].length < 40 }, value: (u, v) => v == null ? '–' : +v.toPrecision(4) }))],
    }, chart.data, box));
  });
}
draw();
dark.addEventListener('change', draw);
addEventListener('resize', draw);
document.documentElement.dataset.drawn = String(plots.length);
`
