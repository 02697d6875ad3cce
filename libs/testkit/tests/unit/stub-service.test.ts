import { type StubService, startStubService } from '../../src/stub-service.ts'

let stub: StubService<unknown>

beforeEach(async () => {
  stub = await startStubService({ '/told': { body: { answer: 42 } } })
})
afterEach(() => stub.stop())

const post = (path: string, body: unknown) =>
  fetch(stub.url + path, { method: 'POST', headers: { 'x-api-key': 'k3y' }, body: JSON.stringify(body) })

it('records what it is sent, in order', async () => {
  await post('/told?by=me', { text: 'größer' })
  await fetch(`${stub.url}/elsewhere`)
  expect(stub.requests).toEqual([
    {
      method: 'POST',
      path: '/told?by=me',
      headers: expect.objectContaining({ 'x-api-key': 'k3y' }),
      body: { text: 'größer' },
    },
    { method: 'GET', path: '/elsewhere', headers: expect.any(Object), body: '' },
  ])
})

it('answers as it is told, now and later, by path and by what it is sent', async () => {
  expect(await (await post('/told?by=me', {})).json()).toEqual({ answer: 42 })
  stub.answers['/told'] = { status: 503, body: '<html>' }
  const failed = await post('/told', {})
  expect([failed.status, await failed.text()]).toEqual([503, '<html>'])
  stub.answers['/echo'] = ({ body }) => ({ body })
  expect(await (await post('/echo', { text: 'hello' })).json()).toEqual({ text: 'hello' })
  expect((await post('/elsewhere', {})).status).toBe(404)
})

it('keeps a caller waiting, and stops all the same', async () => {
  stub.answers['/told'] = { delayMs: 60_000 }
  await expect(fetch(`${stub.url}/told`, { signal: AbortSignal.timeout(100) })).rejects.toThrow('timeout')
  const waiting = expect(fetch(`${stub.url}/told`)).rejects.toThrow('fetch failed')
  while (stub.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 10))
  await stub.stop()
  await waiting
})
