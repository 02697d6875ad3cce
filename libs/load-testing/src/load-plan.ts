/** What a load run does: who sends what, for how long, and what must hold. A project states one in `src/load-plan.ts`. */
import type { Criterion } from './measurement/criteria.ts'
import { isLoad, type UserGroup } from './workload/user-groups.ts'

export interface LoadPlan {
  /** Seconds over which connections and users start one after the other, and rates grow. Not counted. */
  readonly rampUpSeconds: number
  /** Seconds of full load after that, before anything counts. */
  readonly warmUpSeconds: number
  /** Seconds that count. */
  readonly seconds: number
  readonly users: readonly UserGroup[]
  readonly criteria: readonly Criterion[]
  /** The predict body for one text of the corpus. */
  corpusRequest(text: string): unknown
}

/** Only tells the compiler what a plan is. */
export function defineLoadPlan(plan: LoadPlan): LoadPlan {
  return plan
}

/** What is wrong with a plan although it compiles, in a sentence; undefined when nothing is. */
export function faultOf({ users, rampUpSeconds, warmUpSeconds, seconds }: LoadPlan): string | undefined {
  if (!(rampUpSeconds >= 0 && warmUpSeconds >= 0 && seconds > 0))
    return 'its seconds must be 0 or more, those that count above 0'
  const bad = users.find((group) => !isLoad(group))
  if (bad)
    return `${JSON.stringify(bad)} is no load: connections, rates and users must be above 0, waits and weights 0 or more`
  return users.some(({ mix }) => (mix.recorded ?? 0) > 0)
    ? undefined
    : 'it compares no answer: give a group of users the mix { recorded: 1 }'
}
