/** Short summaries of a run: text for the terminal, Markdown for the summary of a GitHub job. */
import type { EvaluatedCriterion, Evaluation } from '../measurement/evaluation.ts'
import type { Report } from './results.ts'

/** Plain text; the last line is the verdict. */
export function textSummary(report: Report, evaluation: Evaluation): string {
  const lines = Object.values(report.completed).map(({ endpoint_type, endpoint_url, measurements }) => {
    const of = (name: string) => measurements[name]?.value ?? Number.NaN
    const times = ['p50', 'p95', 'p99'].map((p) => `${p} ${of(`response_time_${p}`).toFixed(1)}`).join(', ')
    return `${endpoint_type} ${endpoint_url}: ${of('requests_total')} requests, ${of('requests_rps').toFixed(1)}/s, ${times} ms, ${of('failures_total')} failed`
  })
  const criteria = evaluation.evaluated_criteria.map((one) => `  ${mark(one)} ${sentence(one)}`)
  const errors = Object.values(report.failures).flatMap(({ method, name, errors }) =>
    errors.map(({ error, occurrences }) => `  ${occurrences} × ${method} ${name}: ${error}`),
  )
  return [
    ...lines,
    'Criteria (percentiles are those of the slowest group of users):',
    ...criteria,
    ...(errors.length > 0 ? ['Errors:', ...errors] : []),
    verdict(evaluation, report),
  ].join('\n')
}

/** Markdown. */
export function markdownSummary(project: string, report: Report, evaluation: Evaluation): string {
  const rows = evaluation.evaluated_criteria.map(
    (one) =>
      `| ${one.passed ? '✅' : one.hard ? '❌' : '⚠️'} | ${one.endpoint_type} ${one.endpoint_url} | ${one.name} | ${limit(one)} | ${shown(one.observed)} | ${one.hard ? 'hard' : 'soft'} |`,
  )
  return [
    `### Load test of ${project}, ${report.model_version}: ${evaluation.passed ? 'passed' : 'failed'}`,
    '',
    `${report.num_requests} requests in ${report.seconds.toFixed(0)} s on ${report.hardware.cpu}, ${report.hardware.cpus} CPUs; ${report.num_requests_fail} failed, ${report.wrong_answers} of them wrong answers.`,
    '',
    '| | endpoint | measurement | limit | observed | |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

export function verdict({ evaluated_criteria, passed }: Evaluation, { interrupted }: Report): string {
  if (interrupted) return 'failed: the run was interrupted'
  const unmet = evaluated_criteria.filter((one) => one.hard && !one.passed)
  if (passed) return 'passed'
  return unmet.length === 0 ? 'failed: nothing was answered' : `failed: ${unmet.map(sentence).join('; ')}`
}

export function sentence(one: EvaluatedCriterion): string {
  return `${one.endpoint_type} ${one.endpoint_url} ${one.name} is ${shown(one.observed)}, must be ${limit(one)}`
}

function mark({ passed, hard }: EvaluatedCriterion): string {
  if (passed) return 'ok  '
  return hard ? 'FAIL' : 'warn'
}

export function limit({ threshold, ensure_lower }: EvaluatedCriterion): string {
  if (threshold === 0 && ensure_lower) return '0'
  return ensure_lower ? `below ${threshold}` : `at least ${threshold}`
}

export function shown(value: number | null): string {
  if (value === null) return 'not measured'
  return Number.isInteger(value) ? String(value) : value.toPrecision(4)
}
