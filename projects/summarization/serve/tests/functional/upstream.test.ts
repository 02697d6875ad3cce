/** A server with a language model behind it, which here is a stub. */
import path from 'node:path'
import { type ServedProcess, serveProcess } from '@servery/testkit'
import { type ChatStub, completion, startChatStub } from '../integration/chat-stub.ts'

const ENTRY = path.join(import.meta.dirname, '../../dist/model-server.js')
let stub: ChatStub
let server: ServedProcess

beforeAll(async () => {
  stub = await startChatStub()
  server = await serveProcess(ENTRY, {
    SERVERY_SUMMARIZATION_UPSTREAM: stub.url,
    SERVERY_SUMMARIZATION_UPSTREAM_KEY: 'k3y',
  })
}, 120_000)
afterAll(async () => {
  expect(await server.stop()).toBe(0)
  await stub.stop()
})

async function predict(body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${server.url}/v1/model/summarization/predict`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

it('starts without asking it anything', () => {
  expect(stub.requests).toEqual([])
})

it('writes, across languages too, and answers a list', async () => {
  stub.answer = { status: 200, body: completion('Le conseil a voté.') }
  const inputs = { content: 'The council voted.' }
  const written = { summary: 'Le conseil a voté.', method: 'abstractive' }
  expect((await predict({ configuration: { target_lang: 'fr' }, inputs })).body).toEqual(written)
  expect((await predict({ inputs: [inputs, { content: '' }] })).body).toEqual({
    outputs: [written, { summary: '', method: 'abstractive' }],
  })
})

it('answers 502 when it fails, and an extractive summary where that was asked for', async () => {
  stub.answer = { status: 500, body: 'internal' }
  const content = 'The ferry stops in May. A new ferry is built. Nobody said why the ferry stops.'
  const failed = await predict({ content })
  expect([failed.status, failed.body.code, failed.body.detail]).toEqual([
    502,
    'UPSTREAM_FAILED',
    'The language model answered 500.',
  ])
  const fallen = await predict({ content, fallback: 'extractive', desired_length: 6 })
  expect(fallen).toMatchObject({
    status: 200,
    body: {
      summary: expect.stringContaining('ferry'),
      method: 'extractive',
      fallback_reason: 'The language model answered 500.',
    },
  })
})

it('writes neither key nor text into its log', async () => {
  await server.stop() // writes what it has not yet
  await server.logged('request')
  expect(JSON.stringify(server.log)).not.toMatch(/k3y|council|ferry/)
})
