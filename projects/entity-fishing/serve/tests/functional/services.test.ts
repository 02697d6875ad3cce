/** A server with both services behind it, which here are a stub. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Reply, type ServedProject, serveProject } from '@servery/testkit'
import { FISH, PROBES, type ServicesStub, startServicesStub } from '../integration/services-stub.ts'

const request = { content: 'London calls.', entities: [{ text: 'London' }] }
let stub: ServicesStub
let server: ServedProject

beforeAll(async () => {
  stub = await startServicesStub()
  server = await serveProject(import.meta.dirname, {
    SERVERY_ENTITY_FISHING_UPSTREAM: stub.url,
    SERVERY_ENTITY_FISHING_NER: stub.url,
  })
})
afterAll(async () => {
  expect(await server.stop()).toBe(0)
  await stub.stop()
})

it('links what the service links', async () => {
  const { body } = await server.client.predict(request)
  expect(body).toEqual({ entities: [{ text: 'London', wiki_link: 'https://www.wikidata.org/wiki/Q84' }] })
})

it('answers 502 while a service fails, is not ready with its name, and ready again when it is back', async () => {
  const working = { ...stub.answers }
  for (const path of [FISH, ...PROBES]) stub.answers[path] = { status: 500 }
  expect(await server.client.predict(request)).toMatchObject({ status: 502, body: { code: 'UPSTREAM_FAILED' } })
  const { detail } = (await readiness(503)).body
  expect(detail).toMatch(/is ready: The (entity-fishing|ner) service answered 500 \(\d+ s ago\)/)
  Object.assign(stub.answers, working)
  await readiness(200)
})

/** The first answer of the readiness probe with a status: the server asks its services every 5 seconds. */
async function readiness(awaited: number): Promise<Reply> {
  for (let seconds = 0; seconds < 50; seconds++) {
    const reply = await server.client.get('/v1/ready')
    if (reply.status === awaited) return reply
    await pause(1_000)
  }
  throw new Error(`Readiness is never ${awaited}.`)
}
