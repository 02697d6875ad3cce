/** An HTTP exchange as inference sees it; requests that ask no model leave a line for debugging. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Transport, TransportEnd } from '../inference/call.ts'
import { HTTP_STATUS } from '../protocols/native/errors.ts'

/** Gives every request its `transport`. */
export function registerTransport(app: FastifyInstance): void {
  app.decorateRequest('errorCode', undefined)
  // Fastify asks for a value of the right type; the hook sets it before anybody reads it.
  app.decorateRequest('transport', undefined as unknown as Transport)
  app.addHook('onRequest', (request, reply, done) => {
    const transport = new HttpTransport(request)
    request.transport = transport
    // Fastify's onResponse never comes when the caller has disconnected.
    reply.raw.once('close', () => transport.close(endOf(request, reply)))
    reply.header('x-request-id', request.id)
    done()
  })
}

class HttpTransport implements Transport {
  readonly #request: FastifyRequest
  readonly #listeners: ((end: TransportEnd) => void)[] = []

  constructor(request: FastifyRequest) {
    this.#request = request
  }

  get requestId(): string {
    return this.#request.id
  }

  get fields() {
    return { method: this.#request.method, route: this.#request.routeOptions.url }
  }

  onClose(listener: (end: TransportEnd) => void): void {
    this.#listeners.push(listener)
  }

  close(end: TransportEnd): void {
    if (this.#listeners.length === 0) this.#request.log.debug({ ...this.fields, ...end }, 'request')
    for (const listener of this.#listeners) listener(end)
  }
}

/** A caller that disconnected before the whole answer was written counts as 408, whatever it would have been told. */
function endOf(request: FastifyRequest, reply: FastifyReply): TransportEnd {
  const totalMs = reply.elapsedTime
  return reply.raw.writableFinished
    ? { complete: true, status: reply.statusCode, code: request.errorCode, totalMs }
    : { complete: false, status: HTTP_STATUS.REQUEST_TIMEOUT, code: 'REQUEST_TIMEOUT', totalMs }
}
