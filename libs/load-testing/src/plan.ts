/** What a load run does: who calls what, for how long, and what must hold. A project states one in `src/load-plan.ts`. */
import type { Criterion } from './criteria.ts'

/**
 * Weights of what a group of users asks. `bio` reads the bio; `recorded` sends the requests that the model version was
 * recorded with and compares every answer; `corpus` sends texts of mixed length, whose answers must be 200.
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
