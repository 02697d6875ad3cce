/**
 * If a request is refused before its body has been read, for example because it is too large, the server reads on for a while after the answer:
 * closing at once would reset the connection, and the client, which is still sending, might never see the answer (RFC 9112, 9.6).
 */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** Longest time for which the rest of a body is read and discarded, in milliseconds. */
const LINGER_MS = 2_000

export function lingerAfterEarlyAnswers(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    // Further requests on a connection whose last answer has been written must not be processed.
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

/** Node calls `destroySoon` of the socket once it has written an answer after which the connection closes. */
function linger(request: IncomingMessage): void {
  const { socket } = request
  socket.destroySoon = () => {
    socket.end()
    request.unpipe()
    request.resume()
    const timeout = setTimeout(() => socket.destroy(), LINGER_MS)
    socket.once('close', () => clearTimeout(timeout))
  }
  request.once('end', () => {
    delete (socket as Partial<typeof socket>).destroySoon // restore the method of the class
    if (socket.writableEnded) socket.destroySoon()
  })
}
