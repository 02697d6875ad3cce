/** Connections: through a proxy or straight, and answers that are read after their connection has ended in any way. */
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { HttpClient, isTransient } from '@servery/http-client'

const http = new HttpClient({ timeoutMs: 60_000, useProxies: true })
const BODY = Buffer.alloc(100_000, 'a')

let server: Server
afterEach(() => server.close())

/** Answers one request with BODY as `end` has it, and reads it only after the connection is gone. */
async function readLate(head: string, end: (socket: Socket) => void): Promise<number> {
  server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\n${head}Connection: close\r\n\r\n`)
      end(socket)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const { body } = await http.request(`http://127.0.0.1:${port}/`)
  await pause(500)
  let length = 0
  for await (const chunk of body) length += chunk.length
  return length
}

describe('an answer that is read after its connection ended', () => {
  it('is whole', async () => {
    expect(await readLate(`Content-Length: ${BODY.length}\r\n`, (socket) => socket.end(BODY))).toBe(BODY.length)
  })

  it('of chunks is whole', async () => {
    const chunk = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`
    expect(await readLate('Transfer-Encoding: chunked\r\n', (socket) => socket.end(chunk))).toBe(BODY.length)
  })

  it.each([
    ['cut short', (socket: Socket) => socket.end(BODY)],
    ['reset', (socket: Socket) => socket.write(BODY, () => setTimeout(() => socket.resetAndDestroy(), 100))],
  ])('that was %s is a broken connection', async (_title, end) => {
    const error = await readLate('Content-Length: 200000\r\n', end).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Object)
    expect(isTransient(error)).toBe(true)
  })
})

describe('the proxy of the environment', () => {
  it.each([
    [true, 'http://service.example/path'],
    [false, '/path'],
  ])('is used or not: %s', async (useProxies, target) => {
    const asked: (string | undefined)[] = []
    const proxy = createHttpServer((incoming, response) => {
      asked.push(incoming.url)
      response.end()
    }).listen(0, '127.0.0.1')
    server = proxy
    await once(proxy, 'listening')
    const { port } = proxy.address() as { port: number }
    const address = `http://127.0.0.1:${port}`
    process.env.HTTP_PROXY = address
    const client = new HttpClient({ timeoutMs: 5_000, useProxies })
    delete process.env.HTTP_PROXY
    const { body } = await client.request(`${useProxies ? 'http://service.example' : address}/path`)
    await body.dump()
    await client.close()
    expect(asked).toEqual([target])
  })
})
