/**
 * A request that is refused before its body was read, as one that is too large, is read on for a while after the answer:
 * closing at once would reset the connection, and the caller, who is still sending, might never see why (RFC 9112, 9.6).
 */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** Longest time for which the rest of a body is read and thrown away, in milliseconds. */
const LINGER_MS = 2_000

export function lingerAfterEarlyAnswers(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    // What follows on a connection whose last answer has been written must not be processed.
    if (request.raw.socket.writableEnded) request.raw.socket.destroy()
    else done()
  })
  app.addHook('onSend', (request, _reply, _payload, done) => {
    if (isStillSending(request.raw)) linger(request.raw)
    done()
  })
}

function isStillSending({ complete, headers }: IncomingMessage): boolean {
  return !complete && (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined)
}

/** Node calls `destroySoon` of the socket once an answer after which it closes has been written. */
function linger(request: IncomingMessage): void {
  const { socket } = request
  socket.destroySoon = () => {
    socket.end()
    request.unpipe()
    request.resume()
    const hangUp = setTimeout(() => socket.destroy(), LINGER_MS)
    socket.once('close', () => clearTimeout(hangUp))
  }
  request.once('end', () => {
    delete (socket as Partial<typeof socket>).destroySoon // the one of its class again
    if (socket.writableEnded) socket.destroySoon()
  })
}
