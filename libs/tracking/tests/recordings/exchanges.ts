/** Exchanges between our client and an MLflow server: recorded by a proxy between them, and answered from the record. */
import { once } from 'node:events'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Exchange {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly status: number
  readonly answer: string
}

export interface Recording {
  /** Version of the MLflow server. */
  readonly mlflow: string
  /** Day of the recording, YYYY-MM-DD. */
  readonly recorded: string
  readonly exchanges: readonly Exchange[]
}

/** A server of a test. */
export interface Served {
  readonly uri: string
  close(): void
}

/** Passes everything on to `target` and appends it to `exchanges`. */
export function recording(target: string, exchanges: Exchange[]): Promise<Served> {
  return served((request, response) => {
    const { method = '', url: path = '' } = request
    const headers = { ...request.headers, host: new URL(target).host }
    const upstream = http.request(target + path, { method, headers }, async (answered) => {
      const status = answered.statusCode!
      const answer = await textOf(answered)
      exchanges.push({ method, path, status, answer })
      response.writeHead(status, { 'content-type': answered.headers['content-type'] ?? 'text/plain' }).end(answer)
    })
    request.pipe(upstream)
  })
}

/** What a test puts before the recorded answers; true when it answered itself. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean

/** Answers each request with the next recorded answer to the same method and path, and with the last one ever after. */
export function replaying(exchanges: readonly Exchange[], fault: Fault = () => false): Promise<Served> {
  const left = [...exchanges]
  return served(async (request, response) => {
    await textOf(request)
    if (fault(request, response)) return
    const [found, next] = left.filter(({ method, path }) => method === request.method && path === request.url)
    if (found && next) left.splice(left.indexOf(found), 1)
    response.writeHead(found?.status ?? 418, { 'content-type': 'application/json' })
    response.end(found?.answer ?? `${request.method} ${request.url} was not recorded`)
  })
}

async function served(handler: http.RequestListener): Promise<Served> {
  const server = http.createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

async function textOf(stream: IncomingMessage): Promise<string> {
  return Buffer.concat(await stream.toArray()).toString('utf8')
}

/** Methods, paths, statuses and the types in the answers, without what differs from one run to the next. */
export function shapesOf(exchanges: readonly Exchange[]): unknown[] {
  return exchanges.map(({ method, path, status, answer }) => {
    const route = path.replace(/[0-9a-f]{32}/g, '<run>').replace(/(experiment_id=)\d+/, '$1<n>')
    return [method, route.replace(/artifacts\/\d+/, 'artifacts/<n>'), status, shapeOf(parsed(answer))]
  })
}

function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(shapeOf(item))))].sort()
  if (typeof value !== 'object' || value === null) return typeof value
  const entries = Object.entries(value).map(([key, below]) => [key, shapeOf(below)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
