/** The results of a sweep as a self-contained HTML page. The knee of the curve is where latency begins to rise. */
import { page, table } from './page.ts'
import type { SweepResult } from './results.ts'

export function sweepPage(project: string, result: SweepResult): string {
  const { steps, hardware, criteria, highest_rate } = result
  const rates = steps.map(({ rate }) => rate)
  return page({
    title: `Rate sweep of ${project}, ${result.model_version}`,
    verdict: highest_rate
      ? `Meets its criteria up to ${highest_rate} requests per second`
      : 'Misses its criteria at the lowest rate',
    passed: highest_rate !== null,
    sections: [stepsTable(result)],
    charts: [
      {
        title: 'Latency by request rate',
        x: 'requests per second',
        y: 'ms',
        data: [rates, steps.map(({ p50_ms }) => p50_ms), steps.map(({ p99_ms }) => p99_ms)],
        series: ['p50', 'p99'],
      },
      {
        title: 'Right answers by request rate',
        x: 'requests per second',
        y: 'right answers per second',
        data: [rates, steps.map(({ answered_per_second }) => answered_per_second)],
        series: ['right answers'],
      },
    ],
    facts: [
      [
        'criteria',
        criteria.map((one) => `${one.name} ${one.ensure_lower ? 'below' : 'at least'} ${one.threshold}`).join(', '),
      ],
      ['each rate', `${result.seconds_per_rate} s, evenly spaced requests, seed ${result.seed}`],
      ['machine', `${hardware.cpu}, ${hardware.cpus} CPUs, ${hardware.system}, int8: ${hardware.int8_instructions}`],
    ],
  })
}

function stepsTable({ steps }: SweepResult): string {
  const rows = steps.map((step) => [
    step.unmet.length === 0 ? 'met' : 'not met',
    String(step.rate),
    step.answered_per_second.toFixed(1),
    step.p50_ms.toFixed(1),
    step.p99_ms.toFixed(1),
    String(step.failures),
    step.tester_delay_p99_ms.toFixed(1),
    step.unmet.join('; '),
  ])
  const head = ['', 'rate', 'right per second', 'p50 ms', 'p99 ms', 'failed', 'load generator delay ms', '']
  return `<h2>Rates</h2>${table(head, rows, 'rates')}`
}
