/** A stub of an HTTP service for tests: records what it is sent, and answers by path as the test tells. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface StubRequest<Body> {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: http.IncomingHttpHeaders
  /** Parsed where it is JSON, else the text. */
  readonly body: Body
}

export interface StubReply {
  /** Default 200. */
  readonly status?: number
  /** A string is sent as it is, anything else as JSON. Default `{}`. */
  readonly body?: unknown
  /** Milliseconds until it is sent. Default 0. */
  readonly delayMs?: number
}

export type StubAnswer<Body> = StubReply | ((request: StubRequest<Body>) => StubReply)

export interface StubService<Body> {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  /** All requests, as they arrived. */
  readonly requests: readonly StubRequest<Body>[]
  /** By path without query; a test changes them whenever it likes. Any other path is answered 404. */
  readonly answers: Record<string, StubAnswer<Body>>
  /** Closes its connections, those that wait for an answer too. */
  stop(): Promise<void>
}

/** Listens on a free port. `Body`: what the test expects to be sent, which is not checked. */
export async function startStubService<Body = unknown>(
  answers: Record<string, StubAnswer<Body>> = {},
): Promise<StubService<Body>> {
  const requests: StubRequest<Body>[] = []
  const server = http.createServer(async (incoming, response) => {
    const request = await readRequest<Body>(incoming)
    requests.push(request)
    const answer = answers[request.path.split('?', 1)[0] as string] ?? { status: 404 }
    const { status = 200, body = {}, delayMs = 0 } = typeof answer === 'function' ? answer(request) : answer
    if (delayMs > 0) await pause(delayMs, undefined, { ref: false })
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    response.writeHead(status, { 'content-type': 'application/json' }).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, answers, stop }
}

async function readRequest<Body>(incoming: http.IncomingMessage): Promise<StubRequest<Body>> {
  const { method = '', url: path = '', headers } = incoming
  const text = (await incoming.setEncoding('utf8').toArray()).join('')
  return { method, path, headers, body: parsed(text) as Body }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
