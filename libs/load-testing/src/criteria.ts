/** What must hold for an image and a model version to pass. */
import {
  type ConfigSource,
  criterionVariables,
  loadConfig,
  loadVariables,
  MAX_LOAD_CRITERIA,
  ServeryError,
} from '@servery/core'
import { Type } from 'typebox'
import { MEASUREMENTS, type Measurement, UNMEASURED } from './measurements.ts'
import type { EvaluatedCriterion, Evaluation } from './results.ts'

const OptionalText = Type.Optional(Type.String())

export interface Criterion {
  readonly name: Measurement
  readonly threshold: number
  readonly endpoint_type: string
  /** A path; in a plan also `bio` or `predict`, which stand for the model's own. */
  readonly endpoint_url: string
  /** True: the value must be below the threshold. False: it must be the threshold or more. */
  readonly ensure_lower: boolean
  /** A soft criterion that is not met warns; a hard one fails the run. */
  readonly hard: boolean
}

/** Hard criterion of a plan: `below('predict', 'response_time_p99', 400)`. */
export function below(endpoint: 'bio' | 'predict', name: Measurement, threshold: number): Criterion {
  return criterion(endpoint, name, threshold, true)
}

/** Hard criterion of a plan: `atLeast('predict', 'requests_total', 100)`. */
export function atLeast(endpoint: 'bio' | 'predict', name: Measurement, threshold: number): Criterion {
  return criterion(endpoint, name, threshold, false)
}

export function soft(of: Criterion): Criterion {
  return { ...of, hard: false }
}

function criterion(
  endpoint: 'bio' | 'predict',
  name: Measurement,
  threshold: number,
  ensure_lower: boolean,
): Criterion {
  const endpoint_type = endpoint === 'bio' ? 'GET' : 'POST'
  return { name, threshold, endpoint_type, endpoint_url: endpoint, ensure_lower, hard: true }
}

/** Criteria of `SERVERY_LOAD_…`. @throws ServeryError `CONFIG_INVALID` */
export function criteriaFrom(source: ConfigSource): Criterion[] {
  const { SERVERY_LOAD_N_CRITERIA: count } = loadConfig(loadVariables, source)
  const ignored = namesBeyond(count, source)[0]
  if (ignored)
    throw new ServeryError(
      'CONFIG_INVALID',
      `${ignored} is set, but SERVERY_LOAD_N_CRITERIA is ${count}: raise it or take the criterion away.`,
    )
  return Array.from({ length: count }, (_, i) => {
    const prefix = `SERVERY_LOAD_CRITERIA_${i + 1}_`
    const values = loadConfig(criterionVariables(i + 1), source) as Record<string, unknown>
    const of = <T>(name: string): T => values[prefix + name] as T
    return {
      name: of<Measurement>('NAME'),
      threshold: of<number>('THRESHOLD'),
      endpoint_type: of<string>('ENDPOINT_TYPE'),
      endpoint_url: of<string>('ENDPOINT_URL'),
      ensure_lower: of<boolean>('ENSURE_LOWER'),
      hard: of<boolean>('HARD'),
    }
  })
}

/** Criteria that are set and would not be read. */
function namesBeyond(count: number, source: ConfigSource): string[] {
  const names = Array.from(
    { length: MAX_LOAD_CRITERIA - count },
    (_, i) => `SERVERY_LOAD_CRITERIA_${count + i + 1}_NAME`,
  )
  return Object.keys(loadConfig(Type.Object(Object.fromEntries(names.map((name) => [name, OptionalText]))), source))
}

/**
 * Compares what was measured with every criterion, and with two that are always there and hard: no failure and no wrong
 * answer on any endpoint. An endpoint of which nothing is known misses both.
 *
 * @param measured by endpoint id
 * @param wrong answers by endpoint id, where any were compared
 * @param asked every endpoint id that was to be asked
 * @param model whose paths `bio` and `predict` stand for
 * @throws ServeryError `CONFIG_INVALID` when a criterion names no measurement or can never be met
 */
export function evaluate(
  criteria: readonly Criterion[],
  measured: ReadonlyMap<string, Record<Measurement, number>>,
  wrong: ReadonlyMap<string, number>,
  asked: Iterable<string>,
  model: string,
): Evaluation {
  const evaluated_criteria = criteria.map((one) => evaluateOne(withPath(one, model), measured))
  const always = [...new Set([...asked, ...measured.keys()])].flatMap((id) => [
    alwaysZero(id, 'failures_percent', measured.get(id)?.failures_percent ?? null),
    alwaysZero(id, 'wrong_answers', wrong.get(id) ?? null),
  ])
  const all = [...evaluated_criteria, ...always]
  return { evaluated_criteria: all, passed: measured.size > 0 && all.every(({ hard, passed }) => passed || !hard) }
}

function withPath(criterion: Criterion, model: string): Criterion {
  const { endpoint_url } = criterion
  const isShort = endpoint_url === 'bio' || endpoint_url === 'predict'
  return isShort ? { ...criterion, endpoint_url: `/v1/model/${model}/${endpoint_url}` } : criterion
}

function evaluateOne(
  criterion: Criterion,
  measured: ReadonlyMap<string, Record<Measurement, number>>,
): EvaluatedCriterion {
  const { name, threshold, ensure_lower, endpoint_type, endpoint_url } = criterion
  if (!MEASUREMENTS.includes(name))
    throw new ServeryError(
      'CONFIG_INVALID',
      (name as string) === UNMEASURED
        ? `A criterion cannot be on ${UNMEASURED}, which is a list: choose a percentile.`
        : `'${name}' is no measurement; choose one of ${MEASUREMENTS.join(', ')}.`,
    )
  if (!Number.isFinite(threshold) || (ensure_lower && threshold <= 0))
    throw new ServeryError(
      'CONFIG_INVALID',
      `The criterion ${name} below ${threshold} can never be met: values are 0 or more, and must be below the threshold.`,
    )
  const endpoint_id = `${endpoint_type}_${endpoint_url}`
  const observed = measured.get(endpoint_id)?.[name] ?? null
  return { ...criterion, endpoint_id, observed, passed: observed !== null && observed < threshold === ensure_lower }
}

/** Met by exactly 0. */
function alwaysZero(
  endpoint_id: string,
  name: EvaluatedCriterion['name'],
  observed: number | null,
): EvaluatedCriterion {
  const [endpoint_type = '', ...rest] = endpoint_id.split('_')
  return {
    name,
    threshold: 0,
    endpoint_type,
    endpoint_url: rest.join('_'),
    endpoint_id,
    ensure_lower: true,
    hard: true,
    observed,
    passed: observed === 0,
  }
}
