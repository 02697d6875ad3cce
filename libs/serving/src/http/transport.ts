/** The HTTP implementation of `Transport`. Requests that call no model are logged at level debug. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Transport, TransportEnd } from '../inference/call.ts'

/** What a client that disconnected is counted as, whatever its protocol: 408 Request Timeout. */
const DISCONNECTED_STATUS = 408

/** Gives every request its `transport`. */
export function registerTransport(app: FastifyInstance): void {
  app.decorateRequest('errorCode', undefined)
  // Fastify needs a value of the right type; the hook below replaces it before it is read.
  app.decorateRequest('transport', undefined as unknown as Transport)
  app.addHook('onRequest', (request, reply, done) => {
    const transport = new HttpTransport(request)
    request.transport = transport
    // Fastify does not call onResponse if the client has disconnected.
    reply.raw.once('close', () => transport.close(endOf(request, reply)))
    reply.header('x-request-id', request.id)
    done()
  })
}

class HttpTransport implements Transport {
  readonly #request: FastifyRequest
  readonly #listeners: ((end: TransportEnd) => void)[] = []
  #end: TransportEnd | undefined

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
    if (this.#end === undefined) this.#listeners.push(listener)
    else listener(this.#end)
  }

  close(end: TransportEnd): void {
    this.#end = end
    const { status, code, totalMs } = end
    if (this.#listeners.length === 0) this.#request.log.debug({ ...this.fields, status, code, totalMs }, 'request')
    for (const listener of this.#listeners) listener(end)
  }
}

/** A client that disconnected before the whole answer was written counts as 408, whatever the answer was. */
function endOf(request: FastifyRequest, reply: FastifyReply): TransportEnd {
  const totalMs = Math.round(reply.elapsedTime * 100) / 100
  return reply.raw.writableFinished
    ? { complete: true, status: reply.statusCode, code: request.errorCode, totalMs }
    : { complete: false, status: DISCONNECTED_STATUS, code: 'REQUEST_TIMEOUT', totalMs }
}
