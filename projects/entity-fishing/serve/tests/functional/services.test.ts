/** A server with both services behind it, which here are a stub. */
import path from 'node:path'
import { type ServedProcess, serveProcess } from '@servery/testkit'
import { disambiguation, type ServicesStub, startServicesStub } from '../integration/services-stub.ts'

const ENTRY = path.join(import.meta.dirname, '../../dist/model-server.js')
/** The probe asks every 5 seconds. */
const PATIENCE_MS = 50_000
let stub: ServicesStub
let server: ServedProcess

beforeAll(async () => {
  stub = await startServicesStub()
  stub.answers['/service/disambiguate'] = disambiguation({ London: 'Q84' })
  server = await serveProcess(ENTRY, {
    SERVERY_ENTITY_FISHING_UPSTREAM: stub.url,
    SERVERY_ENTITY_FISHING_NER: stub.url,
  })
}, 120_000)
afterAll(async () => {
  expect(await server.stop()).toBe(0)
  await stub.stop()
})

async function predict(body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${server.url}/v1/model/entity-fishing/predict`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

it('links what the service links', async () => {
  const { body } = await predict({ content: 'London calls.', entities: [{ text: 'London' }] })
  expect(body).toEqual({ entities: [{ text: 'London', wiki_link: 'https://www.wikidata.org/wiki/Q84' }] })
})

it('answers 502 while a service fails, is not ready with its name, and ready again when it is back', async () => {
  stub.status = 500
  const failed = await predict({ content: 'London calls.', entities: [{ text: 'London' }] })
  expect([failed.status, failed.body.code]).toEqual([502, 'UPSTREAM_FAILED'])
  const detail = await readiness((status) => status === 503)
  expect(detail).toMatch(/is ready: The (entity-fishing|ner) service answered 500 \(\d+ s ago\)/)
  stub.status = 200
  await readiness((status) => status === 200)
}, 120_000)

/** Waits until the readiness probe answers so. */
async function readiness(isAwaited: (status: number) => boolean): Promise<string> {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    const response = await fetch(`${server.url}/v1/ready`)
    const body = (await response.json()) as { detail?: string }
    if (isAwaited(response.status)) return body.detail ?? ''
    if (Date.now() > end) throw new Error(`Readiness is still ${response.status}.`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
