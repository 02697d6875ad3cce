/** What a load run does: who calls what, for how long, and what must hold. A project states one in `src/load-plan.ts`. */
import type { Criterion } from './criteria.ts'

/**
 * Weights of what a group of users asks. `bio` reads the bio; `recorded` sends the requests that the model version was
 * recorded with and compares every answer; `corpus` sends texts of mixed length, whose answers must be 200 and JSON.
 */
export interface Mix {
  readonly bio?: number
  readonly recorded?: number
  readonly corpus?: number
}

/** So many connections that send as soon as they are answered. */
export interface ClosedLoop {
  readonly loop: 'closed'
  readonly connections: number
  readonly mix: Mix
}

/** Requests at fixed times, however many are outstanding. */
export interface OpenLoop {
  readonly loop: 'open'
  readonly perSecond: number
  /** A request that would be one more than this is not sent and counts as failed. Default 1,000. */
  readonly maxOutstanding?: number
  readonly mix: Mix
}

/** Users that wait between an answer and their next request. */
export interface ThinkingUsers {
  readonly loop: 'users'
  readonly users: number
  /** Shortest and longest wait; drawn evenly. */
  readonly thinkSeconds: readonly [number, number]
  readonly mix: Mix
}

export type UserGroup = ClosedLoop | OpenLoop | ThinkingUsers

export interface LoadPlan {
  /** Seconds over which connections and users begin one after the other, and rates grow. Not counted. */
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

function isLoad(group: UserGroup): boolean {
  if (!Object.values(group.mix).every((weight) => weight >= 0)) return false
  switch (group.loop) {
    case 'closed':
      return Number.isInteger(group.connections) && group.connections > 0
    case 'open':
      return group.perSecond > 0 && (group.maxOutstanding ?? 1) > 0
    case 'users': {
      const [shortest, longest] = group.thinkSeconds
      return Number.isInteger(group.users) && group.users > 0 && shortest >= 0 && longest >= shortest
    }
  }
}
