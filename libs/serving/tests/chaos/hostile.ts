/** Requests that mean harm or are broken, each with the status that it must get. */
import net from 'node:net'
import { gzipSync } from 'node:zlib'

const BOMB_BYTES = 200_000_000

interface Hostile {
  readonly name: string
  readonly body: string | Uint8Array<ArrayBuffer>
  readonly headers?: Record<string, string>
  readonly status: number
}

const HOSTILE: readonly Hostile[] = [
  {
    name: 'a compressed bomb',
    body: new Uint8Array(gzipSync(Buffer.alloc(BOMB_BYTES, 'a'))),
    headers: { 'content-encoding': 'gzip' },
    status: 413,
  },
  { name: 'an oversized body', body: `{"inputs":[{"document":"${'a'.repeat(3_000_000)}"}]}`, status: 413 },
  { name: 'deep nesting', body: `${'['.repeat(100_000)}${']'.repeat(100_000)}`, status: 422 },
  { name: 'a truncated body', body: '{"inputs":[{"document":"a"', status: 400 },
  { name: '__proto__', body: '{"inputs":[{"document":"a"}],"__proto__":{"x":1}}', status: 400 },
  // The last one counts, as everywhere in JavaScript; it must not be what the first one hides.
  { name: 'duplicate keys', body: '{"inputs":[{"document":"a"}],"inputs":[{"document":1}]}', status: 422 },
  { name: 'another content type', body: 'hello', headers: { 'content-type': 'text/plain' }, status: 415 },
]

/** Sends each once. @returns the names of those that got another status than they must */
export async function sendHostile(url: string): Promise<string[]> {
  const wrong: string[] = []
  for (const { name, body, headers, status } of HOSTILE) {
    const response = await fetch(`${url}/v1/model/keywords/predict`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    })
    await response.arrayBuffer()
    if (response.status !== status) wrong.push(`${name}: ${response.status}`)
  }
  return wrong
}

/** Connections that never send a whole request: idle ones, and as many with half their headers or half their body. */
export function stuckConnections(url: string, idle: number, stuck: number): net.Socket[] {
  const headers = 'POST /v1/model/keywords/predict HTTP/1.1\r\nHost: x\r\n'
  const begun = [`${headers}X-Slow:`, `${headers}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"inp`]
  return Array.from({ length: idle + stuck }, (_, i) => {
    const socket = net.connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => {})
    if (i >= idle) socket.write(begun[i % 2] as string)
    return socket
  })
}

/** What the server says at last on a connection, until either side closes it. */
export function firstLine(socket: net.Socket): Promise<string | undefined> {
  let text = ''
  socket.on('data', (chunk) => {
    text += String(chunk)
  })
  return new Promise((resolve) => socket.on('close', () => resolve(text.split('\r\n')[0])))
}

/** A request whose sender closes its side at once, and still reads. @returns all that comes back */
export function halfClosed(url: string, body: unknown): Promise<string> {
  const text = JSON.stringify(body)
  const head = `POST /v1/model/keywords/predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n`
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true })
    const chunks: string[] = []
    socket.on('data', (chunk) => chunks.push(String(chunk)))
    socket.on('end', () => resolve(chunks.join('')))
    socket.on('error', reject)
    socket.end(head + text)
  })
}
