/** Creates the load generator of a group of users and does everything that takes time before the first request. */
import type { UserGroup } from '../workload/user-groups.ts'
import { closedLoop } from './closed-loop.ts'
import type { LoadGenerator } from './load-generator.ts'
import { prepareOpenLoop } from './open-loop.ts'
import { virtualUsers } from './virtual-users.ts'

export async function prepareGenerator(group: UserGroup, signal: AbortSignal): Promise<LoadGenerator> {
  switch (group.loop) {
    case 'closed':
      return (context) => closedLoop(group, context)
    case 'open':
      return prepareOpenLoop(group, signal)
    case 'users':
      return (context) => virtualUsers(group, context)
  }
}
