/** Calls to a service that misbehaves in every way that it is known to. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Upstream } from '@servery/http-client'

type Handler = (request: http.IncomingMessage, response: http.ServerResponse, body: string) => void

let handler: Handler
let seen: { headers: http.IncomingHttpHeaders; body: string }[]
let server: http.Server
let url: string
let upstream: Upstream
const never = new AbortController().signal

beforeEach(async () => {
  seen = []
  server = http.createServer((request, response) => {
    let body = ''
    request.on('data', (piece) => {
      body += piece
    })
    request.on('end', () => {
      seen.push({ headers: request.headers, body })
      handler(request, response, body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ask`
  upstream = new Upstream({
    name: 'The oracle',
    timeoutMs: 500,
    concurrency: 2,
    headers: { authorization: 'Bearer k3y' },
  })
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await upstream.close()
})

const answering =
  (status: number, body: string): Handler =>
  (_request, response) =>
    response.writeHead(status).end(body)

const ask = (signal = never) => upstream.post(url, { question: 'secret text' }, signal)

it('sends JSON with its headers and answers JSON', async () => {
  handler = answering(200, '{"answer":42}')
  expect(await ask()).toEqual({ answer: 42 })
  expect(seen).toEqual([
    {
      body: '{"question":"secret text"}',
      headers: expect.objectContaining({ authorization: 'Bearer k3y', 'content-type': 'application/json' }),
    },
  ])
})

it.each<[string, Handler, string, RegExp, number]>([
  ['another status', answering(500, 'secret text'), 'UPSTREAM_FAILED', /The oracle answered 500\.$/, 1],
  ['a refusal', answering(401, ''), 'UPSTREAM_FAILED', /answered 401/, 1],
  ['no JSON', answering(200, '<html>secret text'), 'UPSTREAM_FAILED', /not JSON/, 1],
  ['too much', answering(200, `"${'a'.repeat(2_000_001)}"`), 'UPSTREAM_FAILED', /more than 2000000 bytes/, 1],
  ['a broken connection', (_request, response) => response.destroy(), 'UPSTREAM_FAILED', /closed the connection/, 1],
  [
    'a body that stops',
    (_request, response) => void response.writeHead(200, { 'content-length': '9' }).write('{'),
    'UPSTREAM_TIMEOUT',
    /500 ms/,
    1,
  ],
  ['nothing', () => {}, 'UPSTREAM_TIMEOUT', /500 ms/, 1],
  ['that it is overloaded, twice', answering(503, ''), 'UPSTREAM_FAILED', /answered 503/, 2],
])('says why it has no answer when the service answers %s', async (_, answer, code, sentence, calls) => {
  handler = answer
  const error = await ask().catch((caught: unknown) => caught as Error)
  expect(error).toMatchObject({ name: 'ServeryError', code, message: expect.stringMatching(sentence) })
  expect((error as Error).message).not.toMatch(/secret|k3y/)
  expect(seen).toHaveLength(calls)
})

it('tries again when the service says that it has done nothing', async () => {
  handler = (request, response, body) => answering(seen.length === 1 ? 429 : 200, '"done"')(request, response, body)
  expect(await ask()).toBe('done')
})

it('cannot reach a service that is not there', async () => {
  const gone = upstream.post('http://127.0.0.1:9/', {}, never)
  await expect(gone).rejects.toMatchObject({ code: 'UPSTREAM_FAILED', message: expect.stringMatching(/ECONNREFUSED/) })
})

it('stops when its caller disconnects, which does not count as a failure', async () => {
  handler = () => {}
  for (let i = 0; i < 6; i++) {
    const caller = new AbortController()
    const asked = ask(caller.signal)
    setTimeout(() => caller.abort(), 20)
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  }
  handler = answering(200, '1')
  expect(await ask()).toBe(1)
})

it('sends nothing for a while after five failures in a row', async () => {
  handler = answering(500, '')
  for (let i = 0; i < 5; i++) await expect(ask()).rejects.toThrow(/answered 500/)
  await expect(ask()).rejects.toThrow(/no request is sent to it for 5 s/)
  expect(seen).toHaveLength(5)
})

it('has no more calls under way than it may', async () => {
  let underWay = 0
  let most = 0
  handler = (_request, response) => {
    underWay += 1
    most = Math.max(most, underWay)
    setTimeout(() => {
      underWay -= 1
      response.end('1')
    }, 30)
  }
  await Promise.all(Array.from({ length: 8 }, () => ask()))
  expect(most).toBe(2)
})

it('answers from memory whether the service is available, and when that was seen', async () => {
  expect(upstream.unavailableReason).toBeUndefined()
  handler = answering(503, '')
  await upstream.watch(url)
  expect(upstream.unavailableReason).toBe('The oracle answered 503 (0 s ago)')
  handler = answering(200, '')
  await upstream.watch(url)
  expect(upstream.unavailableReason).toBeUndefined()
  await upstream.watch('http://127.0.0.1:9/')
  expect(upstream.unavailableReason).toBe('The oracle did not answer (ECONNREFUSED) (0 s ago)')
})
