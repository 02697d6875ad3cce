/** A load plan: groups of users, durations, and criteria. Every project has one in `src/load-plan.ts`. */
import type { Criterion } from './measurement/criteria.ts'
import { isLoad, type UserGroup } from './workload/user-groups.ts'

export interface LoadPlan {
  /** Seconds in which connections and users start one after the other, and rates grow. Not measured. */
  readonly rampUpSeconds: number
  /** Seconds of full load after that, also not measured. */
  readonly warmUpSeconds: number
  /** Measured seconds. */
  readonly seconds: number
  readonly users: readonly UserGroup[]
  readonly criteria: readonly Criterion[]
  /** The predict body for one text of the corpus. */
  corpusRequest(text: string): unknown
}

/** Returns the plan; only its types are checked. */
export function defineLoadPlan(plan: LoadPlan): LoadPlan {
  return plan
}

/** What is wrong with a plan that compiles, as a sentence; undefined if it is valid. */
export function faultOf({ users, rampUpSeconds, warmUpSeconds, seconds }: LoadPlan): string | undefined {
  if (!(rampUpSeconds >= 0 && warmUpSeconds >= 0 && seconds > 0))
    return 'its seconds must be 0 or more, and the measured seconds above 0'
  const bad = users.find((group) => !isLoad(group))
  if (bad)
    return `${JSON.stringify(bad)} is not a load: connections, rates and users must be above 0, think times and weights 0 or more`
  return users.some(({ mix }) => (mix.recorded ?? 0) > 0)
    ? undefined
    : 'it compares no answers: give a group of users the mix { recorded: 1 }'
}
