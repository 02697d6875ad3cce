/** Who may use the control routes: each of them refuses whoever may not be a program on this machine. */
import { createLogger } from '@servery/core'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Control } from '../../src/inference/control.ts'
import type { Inference } from '../../src/inference/inference.ts'
import { controlRoutes } from '../../src/protocols/native/control.ts'
import { problemSchema, sendProblem } from '../../src/protocols/native/errors.ts'

const MODEL = { name: 'm', versions: [] }
const verbs = ['model', 'load', 'unload', 'setDefault', 'setCanary', 'endCanary', 'setShadow', 'endShadow'] as const

/** Records which verbs are called. */
function newControl() {
  const called: string[] = []
  const recorded = (verb: string, answer: object) => () => {
    called.push(verb)
    return answer
  }
  const answers = verbs.map((verb) => [verb, recorded(verb, MODEL)])
  const list = recorded('list', { models: [], memory: { used_bytes: 0, limit_bytes: 1 } })
  return { called, control: { ...Object.fromEntries(answers), list } as unknown as Control }
}

async function newApp(control: Control | undefined) {
  const app = Fastify({ loggerInstance: createLogger('test', 'silent') as unknown as FastifyBaseLogger })
  app.addSchema(problemSchema)
  app.setErrorHandler(sendProblem)
  await app.register(controlRoutes, { inference: { control } as Inference })
  return app
}

const version = { version: 'M-1' }
const ROUTES: [method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, verb: string, body?: object][] = [
  ['GET', '', 'list'],
  ['GET', '/m', 'model'],
  ['POST', '/m/versions/M-1/load', 'load'],
  ['POST', '/m/versions/M-1/unload', 'unload'],
  ['PUT', '/m/default', 'setDefault', version],
  ['PUT', '/m/canary', 'setCanary', version],
  ['DELETE', '/m/canary', 'endCanary'],
  ['PUT', '/m/shadow', 'setShadow', version],
  ['DELETE', '/m/shadow', 'endShadow'],
]
const { called, control } = newControl()
let apps: { readonly on: FastifyInstance; readonly off: FastifyInstance }
beforeAll(async () => {
  apps = { on: await newApp(control), off: await newApp(undefined) }
})
afterAll(() => Promise.all([apps.on.close(), apps.off.close()]))
const LOCAL = { host: '127.0.0.1:8010' }

describe.each(ROUTES)('%s /v1/repository%s', (method, path, verb, payload) => {
  /** @returns status, detail, and the verbs that were called */
  async function ask(headers: Record<string, string>, remoteAddress = '127.0.0.1', isOn = true) {
    const body = payload === undefined ? {} : { payload }
    const response = await apps[isOn ? 'on' : 'off'].inject({
      method,
      url: `/v1/repository${path}`,
      remoteAddress,
      headers,
      ...body,
    })
    return { status: response.statusCode, detail: response.json().detail, called: called.splice(0) }
  }
  const refused = (detail: string) => ({ status: 403, detail: expect.stringContaining(detail), called: [] })

  it.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])('answers a program at %s', async (address) => {
    expect(await ask(LOCAL, address)).toEqual({ status: 200, called: [verb] })
  })

  it.each(['localhost:8010', '[::1]:8010'])('answers at %s, and pages of its own there', async (host) => {
    expect(await ask({ host, origin: `http://${host}` })).toEqual({ status: 200, called: [verb] })
  })

  it('is off unless it is turned on', async () => expect(await ask(LOCAL, '127.0.0.1', false)).toEqual(refused('off')))

  it.each(['10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', '128.0.0.1'])('refuses a caller at %s', async (address) => {
    expect(await ask(LOCAL, address)).toEqual(refused('same machine'))
  })

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example'])('refuses host %s', async (host) => {
    expect(await ask({ host })).toEqual(refused('other sites'))
  })

  it.each(['http://evil.example', 'https://127.0.0.1:8010', 'http://127.0.0.1:3000', 'null'])(
    'refuses a page of %s',
    async (origin) => expect(await ask({ ...LOCAL, origin })).toEqual(refused('other sites')),
  )

  it.each(['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'])('refuses a request with %s', async (name) => {
    expect(await ask({ ...LOCAL, [name]: 'for=192.0.2.1' })).toEqual(refused('proxy'))
  })
})

it('has no other routes than these', async () => {
  const app = Fastify()
  const routes: string[] = []
  app.addSchema(problemSchema)
  app.addHook('onRoute', ({ method, url }) => {
    if (method !== 'HEAD') routes.push(`${method} ${url}`)
  })
  await app.register(controlRoutes, { inference: { control: undefined } as Inference })
  expect(routes).toHaveLength(ROUTES.length)
  await app.close()
})
