/** Stands in for an entity-fishing service and a ner server: answers like them, slowly, wrongly or not at all, as it is told. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'

interface Query {
  readonly text: string
  readonly language: unknown
  readonly entities: readonly { readonly rawName: string }[]
}
type Answer = (body: Query) => unknown

export interface ServicesStub {
  readonly url: string
  readonly requests: {
    readonly path: string
    readonly key: string | undefined
    readonly body: Record<string, unknown>
  }[]
  /** Bodies by path; a string is sent as it is. */
  readonly answers: Record<string, Answer>
  status: number
  delayMs: number
  stop(): Promise<void>
}

/** As the real service answers: the entities of the query, with what it knows of each. */
export const disambiguation =
  (ids: Record<string, string>): Answer =>
  ({ text, language, entities }) => ({
    software: 'entity-fishing',
    runtime: 12,
    nbest: false,
    text,
    language,
    entities: entities.map((one) => ({
      ...one,
      confidence_score: 0.7,
      ...(ids[one.rawName] ? { wikidataId: ids[one.rawName], wikipediaExternalRef: 1 } : {}),
    })),
  })

export async function startServicesStub(): Promise<ServicesStub> {
  const server = http.createServer(async (request, response) => {
    const pieces: string[] = []
    for await (const piece of request) pieces.push(String(piece))
    const path = request.url as string
    const body = pieces.length > 0 ? JSON.parse(pieces.join('')) : {}
    if (request.method === 'POST')
      stub.requests.push({ path, key: request.headers['x-api-key'] as string | undefined, body })
    if (stub.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, stub.delayMs))
    const answer = stub.answers[path]?.(body) ?? {}
    response
      .writeHead(stub.status, { 'content-type': 'application/json' })
      .end(typeof answer === 'string' ? answer : JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stub: ServicesStub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    answers: {},
    status: 200,
    delayMs: 0,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return stub
}
