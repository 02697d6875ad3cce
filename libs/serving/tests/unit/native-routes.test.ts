/** The routes of the native protocol, over models that are loaded and unloaded while the server runs. */
import { createLogger } from '@servery/core'
import { Type } from '@servery/schema'
import type { LightMyRequestResponse as Response } from 'fastify'
import { createApp } from '../../src/http/app.ts'
import { Inference } from '../../src/inference/inference.ts'
import { Metrics } from '../../src/inference/metrics.ts'
import { defineModel, defineOperation, type ModelDefinition } from '../../src/model/model.ts'
import { nativeProtocol } from '../../src/protocols/native/plugin.ts'
import { ModelRepository } from '../../src/repository/repository.ts'
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

class EchoRunner extends FakeRunner {
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
  const repository = new ModelRepository({
    store: storeOf((name, version) => definitions.get(`${name} ${version}`) as ModelDefinition),
    observer: metrics,
    memoryLimit: 1,
    createRunner: () => new EchoRunner(),
    limits: { maxItems: 100, maxCost: 100 },
    observerOf: (instance) => metrics.observerOf(instance),
    selfTest: 'off',
    logger,
  })
  const load = (name: string, version: string, definition: ModelDefinition) => {
    definitions.set(`${name} ${version}`, definition)
    return repository.load(name, version)
  }
  await load('first', 'FIRST-1', echo)
  const inference = new Inference({ repository, metrics, logger, limits: LIMITS, isControlled: false })
  const options = { name: 'first', version: 'FIRST-1', protocols: [nativeProtocol], maxBodyBytes: 10_000 }
  const app = await createApp({ ...options, inference, metrics: metrics.registry, logger })
  const call = (method: string, url: string) => app.inject({ method: method as 'GET', url })
  const post = (path: string, payload: object) => app.inject({ method: 'POST', url: `/v1/model/${path}`, payload })
  const paths = async () => Object.keys((await app.inject('/openapi.json')).json().paths)
  return { app, metrics, repository, lines, load, call, post, paths }
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
