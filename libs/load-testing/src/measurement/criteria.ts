/** What must hold for an image and a model version to pass: stated in load plans and in `SERVERY_LOAD_…`. */
import {
  type ConfigSource,
  criterionVariables,
  loadConfig,
  loadVariables,
  MAX_LOAD_CRITERIA,
  ServeryError,
} from '@servery/core'
import { Type } from 'typebox'
import type { Measurement } from './measurements.ts'

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
