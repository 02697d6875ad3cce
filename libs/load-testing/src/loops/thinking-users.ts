/** Users that think between an answer and their next request. */
import type { ThinkingUsers } from '../plan.ts'
import { beginOf, isOver, type LoopContext, until } from './loop.ts'
import { connect, send } from './send.ts'

export async function thinkingUsers(group: ThinkingUsers, context: LoopContext): Promise<void> {
  const pool = connect(context)
  const [shortest, longest] = group.thinkSeconds
  const user = async (index: number): Promise<void> => {
    await until(beginOf(context, index, group.users), context)
    while (!isOver(context)) {
      await send(pool, context.draw(), performance.now(), context)
      await until(performance.now() + (shortest + (longest - shortest) * context.random()) * 1_000, context)
    }
  }
  await Promise.all(Array.from({ length: group.users }, (_, index) => user(index)))
  await pool.destroy()
}
