/** Groups of users: how each of them sends requests, and which requests it sends. */

/**
 * Weights of what a group of users sends. `bio` reads the bio; `recorded` sends the requests that the model version was
 * recorded with and compares every answer with the recorded one; `corpus` sends texts of mixed length and compares every
 * answer with the first one to the same text.
 */
export interface WorkloadMix {
  readonly bio?: number
  readonly recorded?: number
  readonly corpus?: number
}

/** Connections that send their next request as soon as they are answered. */
export interface ClosedLoop {
  readonly loop: 'closed'
  readonly connections: number
  readonly mix: WorkloadMix
}

/** Requests at fixed times, however many are outstanding. */
export interface OpenLoop {
  readonly loop: 'open'
  readonly perSecond: number
  /** A request that would be one more than this is not sent and counts as failed. Default 1,000. */
  readonly maxOutstanding?: number
  readonly mix: WorkloadMix
}

/** Users that wait between an answer and their next request. */
export interface VirtualUsers {
  readonly loop: 'users'
  readonly users: number
  /** Shortest and longest think time; drawn evenly. */
  readonly thinkSeconds: readonly [number, number]
  readonly mix: WorkloadMix
}

export type UserGroup = ClosedLoop | OpenLoop | VirtualUsers

/** Whether a group sends anything, and comes to an end. */
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
