/** Groups of users: how a group sends requests, and which ones. */

/**
 * Weights of the requests of a group of users. `bio` reads the bio; `recorded` sends the recorded requests of the model version
 * and compares every answer with the recorded one; `corpus` sends texts of mixed length and compares every
 * answer with the first answer to the same text.
 */
export interface WorkloadMix {
  readonly bio?: number
  readonly recorded?: number
  readonly corpus?: number
}

/** Connections that send their next request as soon as they have an answer. */
export interface ClosedLoop {
  readonly loop: 'closed'
  readonly connections: number
  readonly mix: WorkloadMix
}

/** Requests at fixed times, regardless of how many are outstanding. */
export interface OpenLoop {
  readonly loop: 'open'
  readonly perSecond: number
  /** Limit of outstanding requests; a request above it is not sent and counts as failed. Default 1,000. */
  readonly maxOutstanding?: number
  readonly mix: WorkloadMix
}

/** Users that wait for a think time between an answer and their next request. */
export interface VirtualUsers {
  readonly loop: 'users'
  readonly users: number
  /** Shortest and longest think time; uniformly distributed. */
  readonly thinkSeconds: readonly [number, number]
  readonly mix: WorkloadMix
}

export type UserGroup = ClosedLoop | OpenLoop | VirtualUsers

/** Whether a group sends requests and is finite. */
export function isLoad(group: UserGroup): boolean {
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
