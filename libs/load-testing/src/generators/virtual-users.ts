/** Virtual users: each sends a request, waits for the answer, then waits its think time before the next request. */
import type { VirtualUsers } from '../workload/user-groups.ts'
import { type GeneratorContext, isOver, startTime, waitUntil } from './load-generator.ts'
import { connect, send } from './send.ts'

export async function virtualUsers(group: VirtualUsers, context: GeneratorContext): Promise<void> {
  const pool = connect(context)
  const [shortest, longest] = group.thinkSeconds
  const thinkMs = (): number => (shortest + (longest - shortest) * context.random()) * 1_000
  const user = async (index: number): Promise<void> => {
    await waitUntil(startTime(context, index, group.users), context)
    while (!isOver(context)) {
      await send(pool, context.nextExchange(), performance.now(), context)
      await waitUntil(performance.now() + thinkMs(), context)
    }
  }
  await Promise.all(Array.from({ length: group.users }, (_, index) => user(index)))
  await pool.destroy()
}
