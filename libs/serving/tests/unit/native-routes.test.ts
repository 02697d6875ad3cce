/** The routes of the native protocol, over models that are loaded and unloaded while the server runs. */
import { setTimeout as pause } from 'node:timers/promises'
import { createLogger } from '@servery/core'
import { Type } from '@servery/schema'
import type { LightMyRequestResponse as Response } from 'fastify'
import { createApp } from '../../src/http/app.ts'
import { Inference } from '../../src/inference/inference.ts'
import { Metrics } from '../../src/inference/metrics.ts'
import { defineModel, defineOperation, type ModelDefinition } from '../../src/model/model.ts'
import { nativeProtocol } from '../../src/protocols/native/plugin.ts'
import { ModelRepository } from '../../src/repository/repository.ts'
import type { CanarySettings } from '../../src/repository/traffic.ts'
import type { Versions } from '../../src/repository/version-store.ts'
import type { Batch } from '../../src/workers/runner.ts'
import { FakeRunner, storeOf } from '../fixtures/fake-models.ts'

const LIMITS = { maxItems: 4, maxCharacters: 100, requestTimeoutMs: 5_000 }
const NONE = Type.Object({})

/** Answers each input with its only field. */
function model(field: string, more: Partial<Parameters<typeof defineModel>[0]> = {}): ModelDefinition {
  const definition = defineModel({
    module: 'unused',
    input: Type.Object({ [field]: Type.String() }, { additionalProperties: false }),
    configuration: Type.Object({ size: Type.Integer({ default: 1, maximum: 9 }) }),
    output: Type.Object({ [field]: Type.String() }),
    example: { inputs: [{ [field]: 'a' }] },
    load: async () => undefined,
    predict: async () => [],
    ...more,
  })
  return definition as never
}

const echo = model('content', {
  operations: {
    sum: defineOperation({
      summary: 'Sums',
      input: Type.String(),
      configuration: NONE,
      output: Type.String(),
      example: { inputs: ['a'] },
      predict: async () => [],
    }),
  },
})

const SLOW_MS = 400

class EchoRunner extends FakeRunner {
  readonly #loadMs: number

  constructor(loadMs: number) {
    super()
    this.#loadMs = loadMs
  }

  override async start(): Promise<void> {
    await pause(this.#loadMs)
  }

  async run({ items }: Batch) {
    return { results: items.map(({ input }) => ({ output: input })), inferenceMs: 1 }
  }
}

async function setUp() {
  const metrics = new Metrics()
  const logger = createLogger('test', 'silent')
  const lines: Record<string, unknown>[] = []
  logger.info = ((line: Record<string, unknown>) => void lines.push(line)) as never
  const definitions = new Map<string, ModelDefinition>()
  /** Versions in the repository on disk, loaded on demand, as `name version`. */
  const stored = new Set<string>()
  const definitionOf = (name: string, version: string) => definitions.get(`${name} ${version}`) as ModelDefinition
  const store: Versions = {
    ...storeOf(definitionOf),
    versionsOf: (name) => [...stored].filter((key) => key.startsWith(`${name} `)).map((key) => key.split(' ')[1]!),
    find: (name, version) => ({ name, version, directory: '', isInRepository: stored.has(`${name} ${version}`) }),
  }
  const repository = new ModelRepository({
    store,
    observer: metrics,
    memoryLimit: 1,
    createRunner: ({ name }) => new EchoRunner(name === 'slow' ? SLOW_MS : 0),
    limits: { maxItems: 100, maxCost: 100 },
    observerOf: (instance) => metrics.observerOf(instance),
    selfTest: 'off',
    logger,
  })
  const load = (name: string, version: string, definition: ModelDefinition) => {
    definitions.set(`${name} ${version}`, definition)
    return repository.load(name, version)
  }
  const lay = (name: string, version: string, definition: ModelDefinition) => {
    definitions.set(`${name} ${version}`, definition)
    stored.add(`${name} ${version}`)
  }
  await load('first', 'FIRST-1', echo)
  const inference = new Inference({ repository, metrics, logger, limits: LIMITS, isControlled: false })
  const options = { name: 'first', version: 'FIRST-1', protocols: [nativeProtocol], maxBodyBytes: 10_000 }
  const app = await createApp({ ...options, inference, metrics: metrics.registry, logger })
  const call = (method: string, url: string) => app.inject({ method: method as 'GET', url })
  const post = (path: string, payload: object, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url: `/v1/model/${path}`, payload, headers })
  const paths = async () => Object.keys((await app.inject('/openapi.json')).json().paths)
  return { app, inference, metrics, repository, lines, load, lay, call, post, paths }
}

let server: Awaited<ReturnType<typeof setUp>>
beforeEach(async () => {
  server = await setUp()
})
afterEach(async () => {
  server.metrics.close()
  await server.app.close()
})

const outcome = (response: Response) => [response.statusCode, response.json().code]

describe('a model that is loaded while the server runs', () => {
  it('is served at once, by its own schemas, and no longer when it is unloaded', async () => {
    const body = { inputs: { text: 'a' } }
    expect(outcome(await server.post('second/predict', body))).toEqual([404, 'MODEL_NOT_FOUND'])
    await server.load('second', 'SECOND-1', model('text'))
    for (const path of ['second', 'second/versions/SECOND-1']) {
      expect((await server.post(`${path}/predict`, body)).json()).toEqual({ outputs: { text: 'a' } })
      expect((await server.post(`${path}/predict`, { inputs: { content: 'a' } })).json()).toMatchObject({
        code: 'INVALID_INPUT',
        errors: [{ pointer: '/inputs/text', detail: 'is required' }],
      })
      expect((await server.call('GET', `/v1/model/${path}/bio`)).json()).toMatchObject({ model_version: 'SECOND-1' })
    }
    await server.repository.unload('second', 'SECOND-1')
    for (const path of ['second', 'second/versions/SECOND-1']) {
      expect(outcome(await server.post(`${path}/predict`, body))).toEqual([404, 'MODEL_NOT_FOUND'])
      expect(outcome(await server.call('GET', `/v1/model/${path}/bio`))).toEqual([404, 'MODEL_NOT_FOUND'])
    }
  })

  it('may be another version, which answers under its own path until it is the default', async () => {
    await server.load('first', 'FIRST-2', model('text'))
    const [old, body] = [{ inputs: { content: 'a' } }, { inputs: [{ text: 'a' }] }]
    expect((await server.post('first/versions/FIRST-2/predict', body)).json()).toEqual({ outputs: [{ text: 'a' }] })
    expect(outcome(await server.post('first/versions/FIRST-2/sum', old))).toEqual([404, 'ROUTE_NOT_FOUND'])
    expect((await server.post('first/predict', old)).headers['x-model-version']).toBe('FIRST-1')
    server.repository.setDefault('first', 'FIRST-2')
    expect((await server.post('first/predict', body)).headers['x-model-version']).toBe('FIRST-2')
    expect((await server.post('first/versions/FIRST-1/predict', old)).statusCode).toBe(200)
  })

  it('is in the OpenAPI document and in the docs as long as it is loaded', async () => {
    const before = await server.paths()
    await server.load('second', 'SECOND-1', model('text'))
    const routes = ['bio', 'predict', 'versions/{version}/bio', 'versions/{version}/predict']
    expect(await server.paths()).toEqual([...before, ...routes.map((route) => `/v1/model/second/${route}`)])
    expect((await server.call('GET', '/docs/json')).body).toBe((await server.call('GET', '/openapi.json')).body)
    await server.repository.unload('second', 'SECOND-1')
    expect(await server.paths()).toEqual(before)
  })

  it('has paths of its own in the OpenAPI document, if it is a version with other schemas', async () => {
    const before = await server.paths()
    await server.load('first', 'FIRST-2', echo)
    expect(await server.paths()).toEqual(before)
    await server.load('first', 'FIRST-3', model('text'))
    const own = ['/v1/model/first/versions/FIRST-3/bio', '/v1/model/first/versions/FIRST-3/predict']
    expect(await server.paths()).toEqual([...before, ...own])
    server.repository.setDefault('first', 'FIRST-3')
    expect(await server.paths()).toContain('/v1/model/first/versions/FIRST-1/sum')
  })
})

it.each([
  ['PUT', 'first/predict', 405, 'METHOD_NOT_ALLOWED', 'POST'],
  ['GET', 'first/versions/FIRST-1/sum', 405, 'METHOD_NOT_ALLOWED', 'POST'],
  ['OPTIONS', 'first/predict', 405, 'METHOD_NOT_ALLOWED', 'POST'],
  ['POST', 'first/bio', 405, 'METHOD_NOT_ALLOWED', 'GET, HEAD'],
  ['DELETE', 'first/versions/FIRST-1/bio', 405, 'METHOD_NOT_ALLOWED', 'GET, HEAD'],
  ['GET', 'none/predict', 404, 'MODEL_NOT_FOUND', undefined],
  ['PUT', 'first/versions/NONE/predict', 404, 'MODEL_NOT_FOUND', undefined],
  ['POST', 'first/versions/NONE/bio', 404, 'MODEL_NOT_FOUND', undefined],
  ['POST', 'first/none', 404, 'ROUTE_NOT_FOUND', undefined],
  ['GET', 'first/none?x=1', 404, 'ROUTE_NOT_FOUND', undefined],
  ['GET', 'first/predict/more', 404, 'ROUTE_NOT_FOUND', undefined],
  ['GET', 'first', 404, 'ROUTE_NOT_FOUND', undefined],
])('%s %s answers %i %s', async (method, path, status, code, allow) => {
  const response = await server.call(method, `/v1/model/${path}`)
  expect([...outcome(response), response.headers.allow]).toEqual([status, code, allow])
  expect(response.headers['content-type']).toMatch('application/problem+json')
})

it('names the operations where there is no such one', async () => {
  expect((await server.post('first/none', {})).json().detail).toBe(
    "The model has no operation 'none'; its operations are predict, sum.",
  )
})

it('answers HEAD of a bio', async () => {
  const { statusCode, body } = await server.call('HEAD', '/v1/model/first/bio')
  expect([statusCode, body]).toEqual([200, ''])
})

const HOSTILE = ['__proto__', 'constructor', 'hasOwnProperty', 'a%2Fb', '..%2F..', '%00', 'x'.repeat(300)]

it.each(HOSTILE)('knows no model, version or operation called %s', async (name) => {
  const operations = [name, `${name}/predict`, `${name}/bio`]
  for (const path of [...operations, ...operations.map((rest) => `first/versions/${rest}`), `first/${name}`])
    for (const method of ['GET', 'POST', 'PUT']) {
      const response = await server.call(method, `/v1/model/${path}`)
      expect(response.statusCode).toBe(404)
      expect(response.json().code).toMatch(/^(MODEL|ROUTE)_NOT_FOUND$/)
    }
})

it.each<[string, object, number, string, string]>([
  ['too many inputs, one of them not valid', { inputs: [1, 1, 1, 1, 1] }, 413, 'INPUT_TOO_LARGE', '/inputs'],
  [
    'a text too long for one input',
    { inputs: { content: 'a'.repeat(101) } },
    413,
    'INPUT_TOO_LARGE',
    '/inputs/content',
  ],
  ['one input of a wrong kind', { inputs: 12 }, 422, 'INVALID_INPUT', '/inputs'],
  ['a field of one input', { inputs: { content: 1 } }, 422, 'INVALID_INPUT', '/inputs/content'],
  ['a field of a list', { inputs: [{ content: 1 }] }, 422, 'INVALID_INPUT', '/inputs/0/content'],
  ['no inputs', { inputs: [] }, 422, 'INVALID_INPUT', '/inputs'],
  ['a body without inputs', {}, 422, 'INVALID_INPUT', '/inputs'],
  ['an unknown field', { inputs: [], extra: 1 }, 422, 'INVALID_INPUT', '/extra'],
  ['a setting', { inputs: { content: 'a' }, configuration: { size: 10 } }, 422, 'INVALID_INPUT', '/configuration/size'],
  ['no settings', { inputs: { content: 'a' }, configuration: null }, 422, 'INVALID_INPUT', '/configuration'],
])('refuses %s and says where', async (_, body, status, code, pointer) => {
  const response = await server.post('first/predict', body)
  expect(outcome(response)).toEqual([status, code])
  const { errors, detail } = response.json()
  expect(errors).toEqual([expect.objectContaining({ pointer })])
  if (code === 'INVALID_INPUT' && !pointer.endsWith('/inputs')) expect(detail).toContain(` ${pointer} `)
})

it('logs the pattern of the route beside model, version and operation', async () => {
  await server.post('first/versions/FIRST-1/predict', { inputs: { content: 'a' } })
  expect(server.lines).toContainEqual(
    expect.objectContaining({
      route: '/v1/model/:model/versions/:version/:operation',
      model: 'first',
      version: 'FIRST-1',
      operation: 'predict',
    }),
  )
})

it('decodes a body by the version that answers, and encodes the answer by it', async () => {
  await server.load('first', 'FIRST-2', model('text', { wire: { native: { body: 'bare', flat: true } } }))
  server.repository.setCanary('first', { version: 'FIRST-2', share: 0.5, compare_share: 0 } as CanarySettings)
  const ask = (body: object, canary: boolean) => server.post('first/predict', body, { 'x-canary': String(canary) })
  const tried = await ask({ text: 'a' }, true)
  expect([tried.json(), tried.headers['x-model-version']]).toEqual([{ text: 'a' }, 'FIRST-2'])
  expect((await ask({ inputs: { content: 'a' } }, false)).json()).toEqual({ outputs: { content: 'a' } })
  expect((await ask({ text: 1 }, true)).json().errors).toEqual([expect.objectContaining({ pointer: '/inputs/text' })])
  expect((await ask({ text: 'a' }, false)).json().errors).toEqual([expect.objectContaining({ pointer: '/inputs' })])
})

describe('a version that lies in the repository and is not loaded', () => {
  const body = { inputs: { content: 'a' } }
  const loaded = () => server.repository.all.map(({ instance }) => instance.name)

  it.each([
    ['GET', 'predict', 404, 'ROUTE_NOT_FOUND'],
    ['PUT', 'predict', 404, 'ROUTE_NOT_FOUND'],
    ['GET', 'nope', 404, 'ROUTE_NOT_FOUND'],
    ['POST', 'bio', 405, 'METHOD_NOT_ALLOWED'],
  ])('is not loaded by %s %s', async (method, route, status, code) => {
    server.lay('slow', 'SLOW-1', echo)
    for (const path of ['slow', 'slow/versions/SLOW-1'])
      expect(outcome(await server.call(method, `/v1/model/${path}/${route}`))).toEqual([status, code])
    expect(loaded()).toEqual(['first'])
  })

  it('is waited for no longer than the caller asks, and the call is recorded', async () => {
    server.lay('slow', 'SLOW-1', echo)
    const startedAt = performance.now()
    const late = await server.post('slow/predict', body, { 'x-request-timeout-ms': '50' })
    expect(outcome(late)).toEqual([504, 'DEADLINE_EXCEEDED'])
    expect(performance.now() - startedAt).toBeLessThan(SLOW_MS - 50)
    expect(server.lines).toContainEqual(
      expect.objectContaining({ model: 'slow', version: 'SLOW-1', role: 'default', items: 0 }),
    )
    expect(await server.metrics.registry.metrics()).toMatch(
      /servery_requests_total{model="slow",model_version="SLOW-1",protocol="native",role="default",[^}]*} 1/,
    )
    expect((await server.post('slow/predict', body)).statusCode).toBe(200)
  })

  it('is not loaded for a limit that is not valid', async () => {
    server.lay('slow', 'SLOW-1', echo)
    expect(outcome(await server.post('slow/predict', body, { 'x-request-timeout-ms': '0' }))).toEqual([
      422,
      'INVALID_INPUT',
    ])
    expect(loaded()).toEqual(['first'])
  })
})

it('gives a model or version that is not there no label', async () => {
  await server.post('unheard-of/predict', {})
  await server.post('first/versions/UNHEARD-OF/predict', {})
  const metrics = await server.metrics.registry.metrics()
  for (const labels of ['model="",model_version=""', 'model="first",model_version=""'])
    expect(metrics).toMatch(new RegExp(`servery_requests_total{${labels}[^}]*} 1`))
  expect(metrics.toLowerCase()).not.toContain('unheard')
  expect(JSON.stringify(server.lines).toLowerCase()).not.toContain('unheard')
})

it('gives the description of a version as the same object until it changes', async () => {
  const [before] = server.inference.list()
  expect(server.inference.list()[0]).toBe(before)
  await server.load('first', 'FIRST-2', model('text'))
  server.repository.setDefault('first', 'FIRST-2')
  expect(server.inference.list().map(({ isDefault }) => isDefault)).toEqual([false, true])
  expect(await server.paths()).not.toContain('/v1/model/first/sum')
})
