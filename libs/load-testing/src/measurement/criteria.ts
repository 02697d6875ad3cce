/** The criteria that an image and a model version must meet, from load plans and `SERVERY_LOAD_…`. */
import {
  type ConfigSource,
  criterionVariables,
  loadConfig,
  loadVariables,
  MAX_LOAD_CRITERIA,
  ServeryError,
} from '@servery/core'
import { Type } from '@servery/schema'
import type { Measurement } from './measurements.ts'

const OptionalText = Type.Optional(Type.String())

export interface Criterion {
  readonly name: Measurement
  readonly threshold: number
  readonly endpoint_type: string
  /** A path, or `bio` or `predict` for those of the model. */
  readonly endpoint_url: string
  /** True: the value must be below the threshold. False: it must be at least the threshold. */
  readonly ensure_lower: boolean
  /** A hard criterion that is not met fails the run; a soft one only warns. */
  readonly hard: boolean
}

/** A hard criterion: `below('predict', 'response_time_p99', 400)`. */
export function below(endpoint: 'bio' | 'predict', name: Measurement, threshold: number): Criterion {
  return criterion(endpoint, name, threshold, true)
}

/** A hard criterion: `atLeast('predict', 'requests_total', 100)`. */
export function atLeast(endpoint: 'bio' | 'predict', name: Measurement, threshold: number): Criterion {
  return criterion(endpoint, name, threshold, false)
}

/** The same criterion as a soft one. */
export function soft(criterion: Criterion): Criterion {
  return { ...criterion, hard: false }
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
      `${ignored} is set, but SERVERY_LOAD_N_CRITERIA is ${count}: raise it or remove the criterion.`,
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

/** Criteria that are set but beyond the count, and would be ignored. */
function namesBeyond(count: number, source: ConfigSource): string[] {
  const names = Array.from(
    { length: MAX_LOAD_CRITERIA - count },
    (_, i) => `SERVERY_LOAD_CRITERIA_${count + i + 1}_NAME`,
  )
  return Object.keys(loadConfig(Type.Object(Object.fromEntries(names.map((name) => [name, OptionalText]))), source))
}
