/** The result files of load runs and sweeps: their schemas, and how they are written. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Static, type TSchema, Type, Value } from '@servery/schema'

const Measured = Type.Object({ name: Type.String(), value: Type.Number() })
const endpoint = { endpoint_type: Type.String(), endpoint_url: Type.String(), endpoint_id: Type.String() }

const hardwareSchema = Type.Object({
  cpu: Type.String(),
  cpus: Type.Integer(),
  memory_gib: Type.Number(),
  system: Type.String(),
  int8_instructions: Type.String({ description: 'As reported by the server' }),
})

/** As in the reference contract; `by_users`, `errors` and everything from `seconds` on are additions. */
export const reportSchema = Type.Object({
  completed: Type.Record(
    Type.String(),
    Type.Object({
      ...endpoint,
      measurements: Type.Record(Type.String(), Measured),
      by_users: Type.Array(
        Type.Object({
          group: Type.Integer({ description: 'Index in `users`' }),
          requests_total: Type.Integer(),
          response_time_p50: Type.Number(),
          response_time_p99: Type.Number(),
        }),
      ),
    }),
  ),
  failures: Type.Record(
    Type.String(),
    Type.Object({
      name: Type.String(),
      method: Type.String(),
      error: Type.String({ description: 'The most frequent one' }),
      occurrences: Type.Integer({ description: 'Number of all errors of the endpoint' }),
      errors: Type.Array(Type.Object({ error: Type.String(), occurrences: Type.Integer() })),
    }),
  ),
  num_requests: Type.Integer(),
  num_requests_fail: Type.Integer({ description: 'Including wrong answers' }),
  start_time: Type.String({ description: 'Epoch seconds' }),
  end_time: Type.String({ description: 'Epoch seconds' }),
  seconds: Type.Number({ description: 'Measured seconds' }),
  interrupted: Type.Boolean(),
  wrong_answers: Type.Integer({ description: 'Answers with status 200 that differ from the recorded ones' }),
  seed: Type.Integer(),
  users: Type.Array(Type.Unknown(), { description: 'The groups of users of the plan' }),
  model_version: Type.String(),
  versions: Type.Record(Type.String(), Type.String()),
  hardware: hardwareSchema,
  tester: Type.Object({
    event_loop_delay_p99_ms: Type.Number({
      description: 'Above about 5, the load generator itself adds to the latencies',
    }),
  }),
  server: Type.Union([
    Type.Object({
      queue_avg_ms: Type.Number(),
      queue_p99_ms: Type.Number(),
      inference_avg_ms: Type.Number(),
      inference_p99_ms: Type.Number(),
      batch_items_avg: Type.Number(),
    }),
    Type.Null(),
  ]),
})

const criterion = {
  name: Type.String(),
  endpoint_type: Type.String(),
  endpoint_url: Type.String(),
  threshold: Type.Number(),
  ensure_lower: Type.Boolean(),
  hard: Type.Boolean(),
}

export const evaluationSchema = Type.Object({
  evaluated_criteria: Type.Array(
    Type.Object({
      ...criterion,
      endpoint_id: Type.String(),
      passed: Type.Boolean(),
      observed: Type.Union([Type.Number(), Type.Null()], {
        description:
          'Percentiles are those of the slowest group of users with at least 100 requests. null if no request was sent to the endpoint, or no answer was compared',
      }),
    }),
  ),
  passed: Type.Boolean(),
})

/** The result of one rate of a sweep. */
const stepSchema = Type.Object({
  rate: Type.Number({ description: 'Requests per second, evenly spaced' }),
  answered_per_second: Type.Number({ description: 'Right answers per second' }),
  p50_ms: Type.Number(),
  p99_ms: Type.Number(),
  failures: Type.Integer(),
  wrong_answers: Type.Integer(),
  tester_delay_p99_ms: Type.Number({
    description: 'Above about 5, the load generator itself adds to the latencies',
  }),
  unmet: Type.Array(Type.String(), { description: 'Hard criteria that were not met' }),
})
export type Step = Static<typeof stepSchema>

/** `sweep.json` */
export const sweepSchema = Type.Object({
  model_version: Type.String(),
  highest_rate: Type.Union([Type.Number(), Type.Null()], {
    description: 'Requests per second; null if even the lowest rate misses the criteria',
  }),
  seconds_per_rate: Type.Number(),
  seed: Type.Integer(),
  criteria: Type.Array(Type.Object(criterion)),
  steps: Type.Array(stepSchema),
  hardware: hardwareSchema,
})
export type SweepResult = Static<typeof sweepSchema>

export const imageSpecSchema = Type.Object({
  docker_image_name: Type.String(),
  docker_image_tag: Type.String({ description: 'Tag under which the image is released' }),
  docker_image_id: Type.Optional(
    Type.String({ description: 'Digest of the measured image; absent if the server ran from sources' }),
  ),
})

/** Each field is the variable of the same name in capitals, or its own name if that is not set. */
const GITHUB_KEYS = [
  'github_repository',
  'github_actor',
  'github_env',
  'github_workflow',
  'github_job',
  'github_ref',
  'github_base_ref',
  'github_head_ref',
  'github_sha',
  'github_event_name',
  'github_run_id',
  'github_run_number',
  'runner_arch',
  'runner_name',
  'runner_os',
] as const
export const githubContextSchema = Type.Object(Object.fromEntries(GITHUB_KEYS.map((key) => [key, Type.String()])))

export type Report = Static<typeof reportSchema>

export interface Results {
  readonly 'load_test_report.json': Report
  readonly 'load_test_evaluation.json': Static<typeof evaluationSchema>
  readonly 'serve_image_spec.json': Static<typeof imageSpecSchema>
  readonly 'github_action_context.json': Static<typeof githubContextSchema>
}

export const SCHEMAS: Readonly<Record<keyof Results, TSchema>> = {
  'load_test_report.json': reportSchema,
  'load_test_evaluation.json': evaluationSchema,
  'serve_image_spec.json': imageSpecSchema,
  'github_action_context.json': githubContextSchema,
}

export const PAGE = 'load_test_report.html'

type Environment = Readonly<Record<string, string | undefined>>

export function githubContext(environment: Environment): Results['github_action_context.json'] {
  return Object.fromEntries(GITHUB_KEYS.map((key) => [key, environment[key.toUpperCase()] || key]))
}

/** Deletes the files of an earlier run, so that a run without results does not leave those of another. */
export function clearResults(directory: string): void {
  for (const name of [...Object.keys(SCHEMAS), PAGE]) rmSync(path.join(directory, name), { force: true })
}

/**
 * Writes all files into `directory`, each atomically.
 * @throws Error if a file does not match its schema, which is a bug
 */
export function writeResults(directory: string, results: Results): void {
  for (const [name, content] of Object.entries(results))
    writeChecked(directory, name, SCHEMAS[name as keyof Results], content)
}

/** @throws Error if the content does not match the schema, which is a bug */
export function writeChecked(directory: string, name: string, schema: TSchema, content: unknown): void {
  if (!Value.Check(schema, content)) {
    const [first] = Value.Errors(schema, content)
    throw new Error(`This is a bug: ${name} does not match its schema: ${JSON.stringify(first)}`)
  }
  mkdirSync(directory, { recursive: true })
  writeWhole(path.join(directory, name), `${JSON.stringify(content, null, 2)}\n`)
}

export function writeWhole(file: string, content: string): void {
  writeFileSync(`${file}.part`, content)
  renameSync(`${file}.part`, file)
}
