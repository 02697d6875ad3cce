/**
 * A request that is answered before its body was read, as one that is too large, is read on for a while after the answer:
 * closing at once would reset the connection, and the caller, who is still sending, might never see why (RFC 9112, 9.6).
 */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** Milliseconds for which the rest of a body is read and thrown away. */
const LINGER_MS = 2_000

export function lingerAfterEarlyAnswers(app: FastifyInstance): void {
  app.addHook('onSend', (request, _reply, _payload, done) => {
    if (!request.raw.complete) linger(request.raw)
    done()
  })
}

/** Node calls `destroySoon` of the socket once an answer with `Connection: close` has been written. */
function linger(request: IncomingMessage): void {
  const { socket } = request
  socket.destroySoon = () => {
    socket.end()
    request.unpipe()
    request.resume()
    const hangUp = setTimeout(() => socket.destroy(), LINGER_MS)
    socket.once('close', () => clearTimeout(hangUp))
  }
}
