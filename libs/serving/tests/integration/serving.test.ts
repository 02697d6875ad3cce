/** A toy model behind a real server: routes, documented errors, batching, death of workers, drain. Needs no artifact. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { createManifest } from '@servery/model-version'
import { type ServedProcess, serveProcess } from '@servery/testkit'

const ENTRY = path.join(import.meta.dirname, '../fixtures/toy/model-server.js')

interface Reply {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly headers: Headers
}

function client(server: () => ServedProcess) {
  const call = async (method: string, route: string, init: RequestInit = {}): Promise<Reply> => {
    const response = await fetch(`${server().url}${route}`, { method, ...init })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    return { status: response.status, body: isJson ? JSON.parse(text) : { text }, headers: response.headers }
  }
  const predict = (body: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
    call('POST', '/v1/model/toy/predict', {
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    })
  const sum = (body: unknown): Promise<Reply> =>
    call('POST', '/v1/model/toy/sum', {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
  return { call, predict, sum }
}

/** Sends bytes as they are and returns all that comes back. */
function raw(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes))
    let received = ''
    socket.on('data', (chunk) => {
      received += String(chunk)
    })
    socket.on('close', () => resolve(received))
    socket.on('error', reject)
  })
}

const content = (text: string) => ({ inputs: { content: text } })

describe('a served model', () => {
  let server: ServedProcess
  const { call, predict, sum } = client(() => server)

  beforeAll(async () => {
    server = await serveProcess(ENTRY, {
      SERVERY_NUM_WORKERS: '2',
      SERVERY_MAX_ITEMS: '8',
      SERVERY_MAX_CHARACTERS: '1000',
      SERVERY_MAX_BODY_BYTES: '20000',
    })
  })
  afterAll(async () => {
    await server.stop()
  })

  it('answers one input with the content and a list with one content per input, in order', async () => {
    expect((await predict(content('a b c'))).body).toEqual({ outputs: { words: 3 } })
    const list = await predict({ inputs: [{ content: 'a' }, { content: 'a b' }, { content: '' }] })
    expect(list.body).toEqual({ outputs: [{ words: 1 }, { words: 2 }, { words: 0 }] })
  })

  it('applies defaults and the configuration of the request', async () => {
    const { body } = await predict({ configuration: { minimum_length: 3 }, ...content('one to three') })
    expect(body).toEqual({ outputs: { words: 2 } })
  })

  it('takes the fields of input and configuration side by side, where a model says so', async () => {
    expect((await predict({ content: 'one to three', minimum_length: 3 })).body).toEqual({ outputs: { words: 2 } })
    expect((await predict({ content: 12 })).body).toMatchObject({ code: 'INVALID_INPUT' })
    expect((await predict({ content: 'a', extra: 1 })).body.errors).toEqual([
      { pointer: '/configuration/extra', detail: 'is not a known field' },
    ])
    expect((await predict({ configuration: {}, content: 'a' })).body.code).toBe('INVALID_INPUT')
    expect((await predict('"text"')).body.code).toBe('INVALID_INPUT')
  })

  it('answers a further operation, whose list is one item, with its own schemas', async () => {
    const inputs = [{ content: 'a b' }, { content: 'c' }]
    expect((await sum({ inputs })).body).toEqual({ total: 3 })
    expect((await sum({ configuration: { minimum_length: 2 }, inputs })).body).toEqual({ total: 0 })
    expect((await sum({ inputs: inputs.slice(1) })).body).toMatchObject({
      code: 'INVALID_INPUT',
      errors: [{ pointer: '/inputs' }],
    })
    expect((await sum({ inputs: [{ content: 'a' }, { content: 'b'.repeat(1_001) }] })).body).toMatchObject({
      code: 'INPUT_TOO_LARGE',
      errors: [{ pointer: '/inputs/1/content' }],
    })
    expect((await sum({ inputs: [{ content: 'a' }, { content: '!throw' }] })).body.code).toBe('INFERENCE_FAILED')
  })

  it('keeps items of different operations apart in one batch', async () => {
    const both = Array.from({ length: 40 }, (_, i) =>
      i % 2 ? predict(content('a '.repeat(i))) : sum({ inputs: [{ content: 'a '.repeat(i) }, { content: 'a' }] }),
    )
    const answers = (await Promise.all(both)).map(({ body }) => body)
    expect(answers).toEqual(
      Array.from({ length: 40 }, (_, i) => (i % 2 ? { outputs: { words: i } } : { total: i + 1 })),
    )
  })

  it('shows further fields of the model in its bio', async () => {
    expect((await call('GET', '/v1/model/toy/bio')).body).toMatchObject({ languages: ['en'], counts: 'words' })
  })

  it('says in headers what it took, which version answered and what was cut', async () => {
    const { headers } = await predict(content('!long text'))
    expect(headers.get('server-timing')).toMatch(/^queue;dur=[\d.]+, inference;dur=[\d.]+, total;dur=[\d.]+$/)
    expect(headers.get('x-model-version')).toBe('TOY-CODE-1.0.0')
    expect(headers.get('x-truncated-items')).toBe('1')
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('answers under its version and refuses a version that is not loaded', async () => {
    const init = { body: JSON.stringify(content('a')), headers: { 'content-type': 'application/json' } }
    expect((await call('POST', '/v1/model/toy/versions/TOY-CODE-1.0.0/predict', init)).status).toBe(200)
    const unknown = await call('POST', '/v1/model/toy/versions/TOY-CODE-9/predict', init)
    expect([unknown.status, unknown.body.code]).toEqual([404, 'MODEL_NOT_FOUND'])
  })

  it.each([
    ['/v1/', 200],
    ['/v1/live', 200],
    ['/v1/ready', 200],
    ['/v1/model/toy/bio', 200],
    ['/metrics', 200],
    ['/docs', 200],
    ['/docs/static/swagger-ui-bundle.js', 200],
    ['/openapi.json', 200],
    ['/nowhere', 404],
  ])('GET %s answers %i', async (route, status) => {
    expect((await call('GET', route)).status).toBe(status)
  })

  it.each<[string, () => Promise<Reply>, number, string]>([
    ['not JSON', () => predict('{"inputs": '), 400, 'MALFORMED_REQUEST'],
    ['an empty body', () => predict(''), 400, 'MALFORMED_REQUEST'],
    [
      'a poisoned prototype',
      () => predict('{"__proto__": {"a": 1}, "inputs": {"content": "a"}}'),
      400,
      'MALFORMED_REQUEST',
    ],
    ['an unknown field', () => predict({ ...content('a'), extra: 1 }), 422, 'INVALID_INPUT'],
    ['a wrong type', () => predict({ inputs: { content: 12 } }), 422, 'INVALID_INPUT'],
    ['an empty list', () => predict({ inputs: [] }), 422, 'INVALID_INPUT'],
    [
      'a setting out of range',
      () => predict({ configuration: { minimum_length: 0 }, ...content('a') }),
      422,
      'INVALID_INPUT',
    ],
    ['a bad deadline', () => predict(content('a'), { 'x-request-timeout-ms': 'soon' }), 422, 'INVALID_INPUT'],
    ['a refused item', () => predict(content('!refuse')), 422, 'ITEM_REJECTED'],
    ['a text too long', () => predict(content('a'.repeat(1_001))), 413, 'INPUT_TOO_LARGE'],
    ['a body too large', () => predict(content('a'.repeat(30_000))), 413, 'INPUT_TOO_LARGE'],
    ['another media type', () => predict('a', { 'content-type': 'text/plain' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['another encoding', () => predict(content('a'), { 'content-encoding': 'br' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a body that is not gzip', () => predict(content('a'), { 'content-encoding': 'gzip' }), 400, 'MALFORMED_REQUEST'],
    ['another method', () => call('PUT', '/v1/model/toy/predict'), 405, 'METHOD_NOT_ALLOWED'],
    ['another model', () => call('GET', '/v1/model/unknown/bio'), 404, 'MODEL_NOT_FOUND'],
    ['no such route', () => call('GET', '/v2'), 404, 'ROUTE_NOT_FOUND'],
    ['a bad URL', () => call('GET', '/%E0%A4%A'), 400, 'MALFORMED_REQUEST'],
    ['a model that throws', () => predict(content('!throw secret')), 500, 'INFERENCE_FAILED'],
    ['a model that answers NaN', () => predict(content('!nan')), 500, 'INFERENCE_FAILED'],
    [
      'a deadline that passes',
      () => predict(content('!sleep 300'), { 'x-request-timeout-ms': '50' }),
      504,
      'DEADLINE_EXCEEDED',
    ],
  ])('answers %s with its own code as problem+json', async (_, request, status, code) => {
    const { status: actual, body, headers } = await request()
    expect([actual, body.code, body.status]).toEqual([status, code, status])
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(typeof body.detail).toBe('string')
    expect(body.request_id).toBe(headers.get('x-request-id'))
    expect(JSON.stringify(body)).not.toMatch(/secret|\.js:\d|\/libs\//)
  })

  it('names the place of a fault by a pointer', async () => {
    const { body } = await predict({ inputs: [{ content: 'a' }, { content: 'b', extra: 1 }] })
    expect(body.errors).toEqual([{ pointer: '/inputs/1/extra', detail: 'is not a known field' }])
    const failed = await predict({ inputs: [{ content: 'a' }, { content: '!refuse' }] })
    expect(failed.body.errors).toEqual([{ pointer: '/inputs/1', detail: 'This item is refused.' }])
  })

  it('refuses more inputs than the limit and names it', async () => {
    const { status, body } = await predict({ inputs: Array.from({ length: 9 }, () => ({ content: 'a' })) })
    expect(status).toBe(413)
    expect(body.detail).toContain('at most 8')
  })

  it('accepts gzip and refuses what inflates beyond the body limit', async () => {
    const send = (text: string) =>
      call('POST', '/v1/model/toy/predict', {
        body: gzipSync(JSON.stringify(content(text))),
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      })
    expect((await send('a b')).body).toEqual({ outputs: { words: 2 } })
    expect((await send('a'.repeat(5_000_000))).status).toBe(413)
  })

  it('answers headers that are too large and requests that are none', async () => {
    expect(await raw(server.url, `GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`)).toMatch(
      /431[\s\S]*HEADERS_TOO_LARGE/,
    )
    expect(await raw(server.url, 'nonsense\r\n\r\n')).toMatch(/400[\s\S]*MALFORMED_REQUEST/)
  })

  it('describes every answer in OpenAPI, with an example that runs', async () => {
    const { body } = await call('GET', '/openapi.json')
    const operation = (body.paths as Record<string, Record<string, Record<string, Record<string, never>>>>)[
      '/v1/model/toy/predict'
    ]!.post!
    expect(Object.keys(operation.responses!).sort()).toEqual([
      '200',
      '400',
      '404',
      '413',
      '415',
      '422',
      '429',
      '500',
      '502',
      '503',
      '504',
    ])
    const example = JSON.stringify(body).match(/"examples?":\[?(\{"inputs":\{"content":"two words"\}\})/)?.[1]
    expect((await predict(example as string)).body).toEqual({ outputs: { words: 2 } })
  })

  it('keeps answers with their requests when many are in flight', async () => {
    const counts = Array.from({ length: 200 }, (_, i) => (i * 7) % 50)
    const replies = await Promise.all(counts.map((count) => predict(content('w '.repeat(count)))))
    expect(replies.map(({ body }) => (body.outputs as { words: number }).words)).toEqual(counts)
  })

  it('fails one request and not its neighbours in the batch', async () => {
    const replies = await Promise.all(['a', '!throw', 'a b', '!refuse', 'a b c'].map((text) => predict(content(text))))
    expect(replies.map(({ status }) => status)).toEqual([200, 500, 200, 422, 200])
  })

  it('never gives a queued item to the model once its caller has left', async () => {
    const blockers = [predict(content('!spin 2000')), predict(content('!spin 2000'))]
    await new Promise((resolve) => setTimeout(resolve, 100))
    const before = await server.metric('servery_dropped_items_total')
    const leaving = new AbortController()
    const left = fetch(`${server.url}/v1/model/toy/predict`, {
      method: 'POST',
      body: JSON.stringify(content('left')),
      headers: { 'content-type': 'application/json' },
      signal: leaving.signal,
    }).catch((error: Error) => error.name)
    setTimeout(() => leaving.abort(), 50)
    expect(await left).toBe('AbortError')
    await Promise.all(blockers)
    expect(await server.metric('servery_dropped_items_total')).toBe(before + 1)
  })

  it('logs and counts a caller that has left, though nobody got an answer', async () => {
    const batches = () => server.metric('servery_batch_items_count')
    const before = await batches()
    const leaving = new AbortController()
    setTimeout(() => leaving.abort(), 300)
    const left = fetch(`${server.url}/v1/model/toy/predict`, {
      method: 'POST',
      body: JSON.stringify(content('!spin 1000')),
      headers: { 'content-type': 'application/json', 'x-request-id': 'gone' },
      signal: leaving.signal,
    })
    await expect(left).rejects.toThrow(/aborted/)
    for (let i = 0; i < 600 && (await batches()) === before; i++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    const line = server.log.find(({ reqId }) => reqId === 'gone')
    expect(line).toMatchObject({ status: 408, code: 'REQUEST_TIMEOUT', items: 1 })
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toMatch(/servery_requests_total\{[^}]*status="408",code="REQUEST_TIMEOUT"[^}]*\} [1-9]/)
  })

  it('lets a caller that is still sending read why its body is refused', async () => {
    const socket = net.connect(Number(new URL(server.url).port), '127.0.0.1')
    const chunk = 'a'.repeat(100_000)
    socket.write(
      `POST /v1/model/toy/predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${10 * chunk.length}\r\n\r\n`,
    )
    socket.pause()
    for (let i = 0; i < 10; i++) {
      await pause(20) // long enough for the answer to leave before the body has
      socket.write(chunk)
    }
    const answer: Buffer[] = []
    for await (const part of socket) answer.push(part as Buffer)
    expect(String(Buffer.concat(answer))).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":"INPUT_TOO_LARGE"/)
  })

  it('processes nothing that follows a request after whose answer it closes', async () => {
    const before = await server.metric('servery_batch_items_sum')
    const body = JSON.stringify(content('a b'))
    const head = 'POST /v1/model/toy/predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length:'
    const socket = net.connect({ port: Number(new URL(server.url).port), host: '127.0.0.1', allowHalfOpen: true })
    let received = ''
    socket.on('data', (part) => {
      received += String(part)
    })
    socket.on('error', () => {}) // the server may be gone before all has been sent
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write(`${head} 100000\r\n\r\n`)
    await pause(200) // the refusal has been written
    socket.write(`${'a'.repeat(100_000)}${head} ${body.length}\r\n\r\n${body}`)
    await pause(500)
    socket.end()
    await closed
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413'])
    expect(await server.metric('servery_batch_items_sum')).toBe(before)
  })

  it('gives the work of a killed worker to another', async () => {
    const answers = Promise.all(['!sleep 1000', '!sleep 1000'].map((text) => predict(content(text))))
    await new Promise((resolve) => setTimeout(resolve, 300))
    process.kill(server.workers()[0] as number, 'SIGKILL')
    for (const { body } of await answers) expect(body).toEqual({ outputs: { words: 2 } })
  })

  it('refuses an item that ends two workers, replaces them, and readiness stays true', async () => {
    const { status, body } = await predict(content('!die'))
    expect([status, body.code]).toEqual([422, 'ITEM_REJECTED'])
    expect(body.errors).toMatchObject([{ pointer: '/inputs/0' }])
    for (let i = 0; i < 600 && (await call('GET', '/v1/ready')).status !== 200; i++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await call('GET', '/v1/ready')).status).toBe(200)
    expect((await predict(content('a b'))).body).toEqual({ outputs: { words: 2 } })
    expect(await server.metric('servery_worker_restarts_total')).toBeGreaterThanOrEqual(2)
  })

  it('writes one line per request and never its text', async () => {
    const lines = () => server.log.filter((line) => line.msg === 'request')
    const before = lines().length
    await predict(content('unrepeatable'))
    // The line may arrive after the answer.
    for (const end = Date.now() + 10_000; lines().length === before && Date.now() < end; ) await pause(20)
    expect(lines().at(-1)).toMatchObject({ status: 200, model: 'toy', version: 'TOY-CODE-1.0.0', items: 1 })
    expect(JSON.stringify(server.log)).not.toMatch(/unrepeatable|secret/)
  })
})

describe('a server with one worker and a short queue', () => {
  let server: ServedProcess
  const { call, predict } = client(() => server)

  beforeEach(async () => {
    server = await serveProcess(ENTRY, {
      SERVERY_NUM_WORKERS: '1',
      SERVERY_MAX_QUEUE_ITEMS: '4',
      SERVERY_REQUEST_TIMEOUT_MS: '12000',
    })
  })
  afterEach(async () => {
    await server.stop()
  })

  it('refuses what the queue cannot hold: 429 with Retry-After now, 413 for ever', async () => {
    const replies = await Promise.all(Array.from({ length: 8 }, () => predict(content('!sleep 1000'))))
    const refused = replies.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThanOrEqual(4)
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(8 - refused.length)
    for (const { body, headers } of refused) {
      expect(body.code).toBe('OVERLOADED')
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    }
    const tooLarge = await predict({ inputs: Array.from({ length: 5 }, () => ({ content: 'a' })) })
    expect([tooLarge.status, tooLarge.body.code]).toEqual([413, 'INPUT_TOO_LARGE'])
  })

  it('says that it is not ready while its only worker is being replaced', async () => {
    const died = predict(content('!die'))
    const seen = new Set<number>()
    for (let i = 0; i < 2_000 && !(seen.has(503) && seen.has(200)); i++)
      seen.add((await call('GET', '/v1/ready')).status)
    expect(seen).toEqual(new Set([503, 200]))
    expect((await died).body.code).toBe('ITEM_REJECTED')
    for (let i = 0; i < 600 && (await call('GET', '/v1/ready')).status !== 200; i++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await predict(content('a'))).status).toBe(200)
  })

  it('kills a worker that hangs and answers again', async () => {
    const hung = await predict(content('!spin 60000'))
    expect(hung.status).toBe(504)
    // The answer may leave before the worker has ended: until then the server is still ready.
    for (let i = 0; i < 600 && (await server.metric('servery_worker_restarts_total')) === 0; i++) await pause(50)
    for (let i = 0; i < 600 && (await call('GET', '/v1/ready')).status !== 200; i++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await predict(content('a'))).status).toBe(200)
  })

  it('drains on SIGTERM: readiness flips, accepted work is answered, new work is refused, exit 0', async () => {
    const accepted = predict(content('!sleep 3000'))
    await new Promise((resolve) => setTimeout(resolve, 200))
    const exit = server.stop()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect((await call('GET', '/v1/ready')).status).toBe(503)
    const refused = await predict(content('a'))
    expect([refused.status, refused.body.code]).toEqual([503, 'SHUTTING_DOWN'])
    expect((await accepted).body).toEqual({ outputs: { words: 2 } })
    expect(await exit).toBe(0)
  })
})

describe('a server that is told to end', () => {
  it('is not ready from then on, and takes requests until its delay is over', async () => {
    const server = await serveProcess(ENTRY, { SERVERY_NUM_WORKERS: '1', SERVERY_DRAIN_DELAY_MS: '5000' })
    const { call, predict } = client(() => server)
    const exit = server.stop()
    await pause(500)
    const { status, body } = await call('GET', '/v1/ready')
    expect([status, body.code]).toEqual([503, 'SHUTTING_DOWN'])
    expect((await predict(content('a'))).status).toBe(200)
    expect(await exit).toBe(0)
  })

  it('ends at once when it is told again', async () => {
    const server = await serveProcess(ENTRY, { SERVERY_NUM_WORKERS: '1', SERVERY_DRAIN_DELAY_MS: '600000' })
    const exit = server.stop()
    await pause(200)
    process.kill(server.pid, 'SIGTERM')
    expect(await exit).toBe(1)
  })
})

describe('a server whose model cannot be loaded again', () => {
  it('is failed with the reason after a few tries, answers at once that it is, and recovers', async () => {
    const broken = path.join(mkdtempSync(path.join(os.tmpdir(), 'servery-toy-')), 'broken')
    const server = await serveProcess(ENTRY, { SERVERY_NUM_WORKERS: '1', TOY_BROKEN_IF: broken })
    const { call, predict } = client(() => server)
    const ready = async () => (await call('GET', '/v1/ready')).body.detail as string | undefined
    try {
      writeFileSync(broken, '')
      process.kill(server.workers()[0] as number, 'SIGKILL')
      const states = new Set<string>()
      for (let i = 0; i < 1_200 && !states.has('TOY-CODE-1.0.0 is failed'); i++) {
        states.add(String(await ready()).split(':')[0] as string)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      expect(states).toContain('TOY-CODE-1.0.0 is failed')
      const { status, body } = await predict(content('a'))
      expect([status, body.code]).toEqual([503, 'MODEL_NOT_READY'])
      expect(body.detail).toContain('The toy is broken.')
      expect(await server.metric('servery_worker_restarts_total')).toBeLessThan(8) // no storm
      rmSync(broken)
      for (let i = 0; i < 1_200 && (await ready()) !== undefined; i++)
        await new Promise((resolve) => setTimeout(resolve, 50))
      expect((await predict(content('a'))).body).toEqual({ outputs: { words: 1 } })
    } finally {
      await server.stop()
    }
  }, 200_000)
})

describe('a server that cannot start', () => {
  it.each([
    ['an unknown value', { SERVERY_NUM_WORKERS: 'many' }, /ended with 78.*SERVERY_NUM_WORKERS=many/s],
    ['a version that is not there', { SERVERY_MODEL_VERSION: 'TOY-COMPILED-7' }, /ended with 70.*TASK=download-model/s],
  ])('ends with a sentence for %s', async (_, environment, sentence) => {
    await expect(serveProcess(ENTRY, environment as Record<string, string>)).rejects.toThrow(sentence)
  })

  it('is one whose model was changed, when SERVERY_VERIFY_MODEL=true', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'servery-toy-'))
    writeFileSync(path.join(folder, 'model_card.json'), '{"description":"a"}')
    writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(await createManifest(folder)))
    const start = async () => {
      const environment = { SERVERY_MODEL_VERSION: 'TOY-COMPILED-1', SERVERY_MODEL_DIRECTORY: folder }
      const server = await serveProcess(ENTRY, { ...environment, SERVERY_VERIFY_MODEL: 'true' })
      return server.stop()
    }
    expect(await start()).toBe(0)
    writeFileSync(path.join(folder, 'model_card.json'), '{"description":"b"}')
    await expect(start()).rejects.toThrow(/ended with 70.*model_card.json of .* does not have the SHA-256/s)
  })
})
