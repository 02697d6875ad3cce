import type { FastifyReply } from 'fastify'

/** Aborts when the connection closes before the answer is written: nobody waits for it any more. */
export function callerSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}
