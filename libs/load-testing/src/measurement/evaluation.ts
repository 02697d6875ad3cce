/** Evaluates criteria against the measurements of a run. */
import { ServeryError } from '@servery/core'
import type { Criterion } from './criteria.ts'
import { MEASUREMENTS, type Measurement, UNMEASURED } from './measurements.ts'

export interface EvaluatedCriterion extends Omit<Criterion, 'name'> {
  readonly name: Measurement | 'wrong_answers'
  /** `{METHOD}_{path}` */
  readonly endpoint_id: string
  readonly passed: boolean
  /** null if no request was sent to the endpoint, or no answer was compared. */
  readonly observed: number | null
}

export interface Evaluation {
  readonly evaluated_criteria: EvaluatedCriterion[]
  readonly passed: boolean
}

/**
 * Evaluates all criteria, and two hard ones that always apply: no failures and no wrong
 * answers on any endpoint. An endpoint that was not measured misses both.
 *
 * @param measured measurements by endpoint id
 * @param wrong number of wrong answers by endpoint id, where answers were compared
 * @param called every endpoint id that the workload calls
 * @param model name of the model whose paths `bio` and `predict` stand for
 * @throws ServeryError `CONFIG_INVALID` if a criterion names an unknown measurement or can never be met
 */
export function evaluate(
  criteria: readonly Criterion[],
  measured: ReadonlyMap<string, Record<Measurement, number>>,
  wrong: ReadonlyMap<string, number>,
  called: Iterable<string>,
  model: string,
): Evaluation {
  const evaluated_criteria = criteria.map((one) => evaluateOne(withPath(one, model), measured))
  const always = [...new Set([...called, ...measured.keys()])].flatMap((id) => [
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
        ? `A criterion cannot use ${UNMEASURED}, which is a list: choose a percentile.`
        : `'${name}' is not a measurement; choose one of ${MEASUREMENTS.join(', ')}.`,
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
