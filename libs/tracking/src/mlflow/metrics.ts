/** Metrics and tags made of a card and of load test results, so that MLflow's pages can compare versions. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { modelLoadFailed, notThere } from '@servery/model-version'
import { type Static, type TSchema, Type, Value } from '@servery/schema'

export interface RunData {
  readonly metrics: Readonly<Record<string, number>>
  readonly tags: Readonly<Record<string, string>>
}

/** Every number in `scores` of a card, for example `scores.stsb_dev_spearman_int8`. Characters that MLflow does not allow in names are replaced. */
export function cardMetrics(card: Record<string, unknown>): Record<string, number> {
  return Object.fromEntries(numbersBelow('scores', card.scores))
}

function numbersBelow(name: string, value: unknown): [string, number][] {
  if (typeof value === 'number' && Number.isFinite(value))
    return [[name.replace(/[^\w\-. /]/g, '_').slice(0, 250), value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, below]) => numbersBelow(`${name}.${key}`, below))
}

const Report = Type.Object({
  completed: Type.Record(
    Type.String(),
    Type.Object({
      endpoint_type: Type.String(),
      endpoint_url: Type.String(),
      measurements: Type.Record(Type.String(), Type.Object({ value: Type.Number() })),
    }),
  ),
  hardware: Type.Optional(Type.Object({ cpu: Type.String(), cpus: Type.Integer() })),
})
const Evaluation = Type.Object({ passed: Type.Boolean() })
const Image = Type.Object({ docker_image_name: Type.String(), docker_image_tag: Type.String() })
const Context = Type.Object({ github_sha: Type.Optional(Type.String()) })

/** Names of measurements in the report and the metrics they become. */
const METRIC_NAMES = {
  response_time_p50: 'p50_ms',
  response_time_p95: 'p95_ms',
  response_time_p99: 'p99_ms',
  requests_rps: 'requests_per_second',
  failures_percent: 'failure_rate',
} as const

/**
 * Reads the four result files; each may be missing.
 *
 * Metrics are those of the predict route, in milliseconds, requests per second and a share from 0 to 1; tags are `verdict`
 * (passed, failed), `image`, `commit` and `hardware`.
 *
 * @throws ServeryError `MODEL_LOAD_FAILED` for a file that does not match its schema
 */
export async function resultsRunData(directory: string): Promise<RunData> {
  const [report, evaluation, image, context] = await Promise.all([
    readResult(directory, 'load_test_report.json', Report),
    readResult(directory, 'load_test_evaluation.json', Evaluation),
    readResult(directory, 'serve_image_spec.json', Image),
    readResult(directory, 'github_action_context.json', Context),
  ])
  const tags = {
    verdict: evaluation && (evaluation.passed ? 'passed' : 'failed'),
    image: image && `${image.docker_image_name}:${image.docker_image_tag}`,
    // Outside GitHub, the load suite writes the name of the field as its value.
    commit: context?.github_sha === 'github_sha' ? undefined : context?.github_sha,
    hardware: report?.hardware && `${report.hardware.cpu}, ${report.hardware.cpus} CPUs`,
  }
  const set = Object.entries(tags).filter((tag): tag is [string, string] => Boolean(tag[1]))
  return { metrics: report ? measured(report) : {}, tags: Object.fromEntries(set) }
}

/** Metrics of the predict route; the latencies of other routes do not matter here. */
function measured(report: Static<typeof Report>): Record<string, number> {
  const endpoints = Object.values(report.completed)
  const predict = endpoints.find(({ endpoint_url }) => endpoint_url.endsWith('/predict')) ?? endpoints[0]
  const rows = Object.entries(METRIC_NAMES).flatMap(([name, metric]) => {
    const value = predict?.measurements[name]?.value
    return value === undefined ? [] : [[metric, value] as const]
  })
  return Object.fromEntries(rows)
}

async function readResult<T extends TSchema>(
  directory: string,
  name: string,
  schema: T,
): Promise<Static<T> | undefined> {
  const text = await readFile(path.join(directory, name), 'utf8').catch(notThere)
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (Value.Check(schema, value)) return value
  } catch (error) {
    throw modelLoadFailed(`${name} of ${directory} is not valid JSON; run the load suite again.`, error)
  }
  throw modelLoadFailed(`${name} of ${directory} does not have the shape that the load suite writes; run it again.`)
}
