/** A server with a language model behind it, which here is a stub. */
import { type ServedProject, serveProject } from '@servery/testkit'
import { type Chat, COMPLETIONS, completion, startChat } from '../integration/chat.ts'

let stub: Chat
let server: ServedProject

beforeAll(async () => {
  stub = await startChat()
  server = await serveProject(import.meta.dirname, {
    SERVERY_SUMMARIZATION_UPSTREAM: `${stub.url}/v1`,
    SERVERY_SUMMARIZATION_UPSTREAM_KEY: 'k3y',
  })
}, 120_000)
afterAll(async () => {
  expect(await server.stop()).toBe(0)
  await stub.stop()
})

it('asks nothing at start, writes, across languages too, and answers a list', async () => {
  expect(stub.requests).toEqual([])
  stub.answers[COMPLETIONS] = completion('Le conseil a voté.')
  const inputs = { content: 'The council voted.' }
  const written = { summary: 'Le conseil a voté.', method: 'abstractive' }
  const crossing = await server.client.predict({ configuration: { target_lang: 'fr' }, inputs })
  expect(crossing.body).toEqual(written)
  const list = await server.client.predict({ inputs: [inputs, { content: '' }] })
  expect(list.body).toEqual({ outputs: [written, { summary: '', method: 'abstractive' }] })
})

it('answers 502 when it fails, and an extractive summary where that was asked for', async () => {
  stub.answers[COMPLETIONS] = { status: 500, body: 'internal' }
  const content = 'The ferry stops in May. A new ferry is built. Nobody said why the ferry stops.'
  const reason = 'The language model answered 500.'
  const failed = await server.client.predict({ content })
  expect(failed).toMatchObject({ status: 502, body: { code: 'UPSTREAM_FAILED', detail: reason } })
  expect(await server.client.predict({ content, fallback: 'extractive', desired_length: 6 })).toMatchObject({
    status: 200,
    body: { summary: expect.stringContaining('ferry'), method: 'extractive', fallback_reason: reason },
  })
})

it('writes neither key nor text into its log', async () => {
  await server.stop() // writes what it has not yet
  await server.logged('request')
  expect(JSON.stringify(server.log)).not.toMatch(/k3y|council|ferry/)
})
