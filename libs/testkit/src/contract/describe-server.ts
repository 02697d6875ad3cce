/** A running server over real HTTP: routes, recorded answers, the README's examples, refusals, hostile texts and bodies. */
import { firstDifference } from '@servery/model-version'
import { Value } from '@servery/schema'
import { encodeRequest, encodeResponse, type Operation, requestSchema } from '@servery/serving'
import { codeBlocks } from '../project-files.ts'
import { type ServedProcess, serverUnderTest } from '../served-process.ts'
import type { Contract, ContractTools } from './contract.ts'
import { LONGEST_TEXTS } from './hostile-texts.ts'
import { modelClient } from './model-client.ts'
import { hostileBodies } from './schema-values.ts'
import { SERVER_DEFAULTS } from './server-defaults.ts'

const SEED = 20_240_501
const HOSTILE_BODIES = 1_000
const TIMEOUT_MS = 300_000
const MAX_ITEMS = SERVER_DEFAULTS.SERVERY_MAX_ITEMS
const MAX_CHARACTERS = SERVER_DEFAULTS.SERVERY_MAX_CHARACTERS

export function describeServer(contract: Contract, more: (tools: ContractTools) => void): void {
  const { servedModel, project, environment } = contract
  let server: Pick<ServedProcess, 'url' | 'stop'>
  const client = modelClient(() => server.url, project.name)

  beforeAll(async () => {
    server = await serverUnderTest(project.entry, { SERVERY_NUM_WORKERS: '2', ...environment })
  }, TIMEOUT_MS)
  afterAll(async () => {
    expect(await server.stop()).toBe(0)
  })

  it.each(project.recordings.map((recording, i) => [i, recording] as const))(
    'recorded answer %i',
    async (_, recording) => {
      const operation = servedModel.operations[recording.operation] as Operation
      const sent = encodeRequest(operation, recording)
      const { status, body } = await client.post(recording.operation, sent)
      expect(status).toBe(200)
      expect(firstDifference(body, encodeResponse(operation, sent, recording.outputs))).toBeUndefined()
    },
  )

  it('answers the examples of the README as it prints them', async () => {
    const blocks = codeBlocks(project.readme, 'json')
    const operations = Object.keys(servedModel.operations)
    expect(blocks).toHaveLength(2 * operations.length)
    for (const [i, operation] of operations.entries()) {
      const [sent, printed] = blocks.slice(2 * i) as [string, string]
      const { status, body } = await client.post(operation, sent)
      expect(status).toBe(200)
      expect(firstDifference(body, JSON.parse(printed), project.isCodeOnly ? 0 : undefined)).toBeUndefined()
    }
  })

  describeShapes(contract, client)
  describeFlatBodies(contract, client)
  describeRoutes(contract, client)
  describeRefusals(contract, client)
  describeHostile(contract, client)
  more({ client, model: noModel })
}

type Client = ContractTools['client']

function describeShapes({ servedModel }: Contract, { post }: Client): void {
  for (const [name, operation] of Object.entries(servedModel.operations)) {
    if (operation.wire?.native?.body === 'together') continue
    it(`answers a list of one for ${name} as it answers one input, with and without a configuration`, async () => {
      const input = operation.example.inputs[0]
      const one = encodeRequest(operation, { inputs: [input] })
      const { body } = await post(name, one)
      for (const sent of [{ inputs: [input] }, { configuration: {}, inputs: [input] }]) {
        const list = await post(name, sent)
        const [output] = (list.body as { outputs: unknown[] }).outputs
        expect([list.status, encodeResponse(operation, one, [output])]).toEqual([200, body])
      }
    })
  }
}

function describeFlatBodies({ servedModel }: Contract, { post }: Client): void {
  for (const [name, operation] of Object.entries(servedModel.operations)) {
    if (operation.wire?.native?.flat !== true) continue
    it(`takes the fields of input and configuration side by side for ${name}`, async () => {
      const { example } = operation
      const nested = await post(name, encodeRequest(operation, example))
      const settings = Value.Default(operation.configuration, { ...example.configuration })
      const flat = await post(name, Object.assign({}, settings, example.inputs[0]))
      expect([flat.status, flat.body]).toEqual([200, nested.body])
    })
  }
}

function describeRoutes({ project, servedModel }: Contract, { get }: Client): void {
  it('is live and ready, and names itself', async () => {
    expect(await get('/v1/live')).toMatchObject({ status: 200, body: { live: true } })
    expect(await get('/v1/ready')).toMatchObject({ status: 200, body: { ready: true } })
    expect(await get('/v1/')).toMatchObject({ status: 200, body: { name: project.name } })
  })

  it('has a bio with the card as it lies in the version, languages and limits', async () => {
    for (const route of ['bio', `versions/${project.version}/bio`]) {
      const { status, body } = await get(`/v1/model/${project.name}/${route}`)
      expect(status).toBe(200)
      expect(body).toMatchObject({ model_name: project.name, model_version: project.version, ...servedModel.bio })
      expect(body.model_card).toEqual(project.card)
      expect((body.languages as string[]).length).toBeGreaterThan(0)
      expect(body.max_tokens).toBe(project.card.max_tokens)
    }
  })

  it('describes every operation in its OpenAPI document, with an example', async () => {
    const { body } = await get('/openapi.json')
    for (const name of Object.keys(servedModel.operations))
      expect(JSON.stringify((body.paths as Record<string, unknown>)[`/v1/model/${project.name}/${name}`])).toContain(
        '"example',
      )
  })

  it('serves its docs and its metrics', async () => {
    expect((await get('/docs')).status).toBe(200)
    expect((await get('/metrics')).status).toBe(200)
  })
}

function describeRefusals(contract: Contract, { post, predict, get }: Client): void {
  const { project, servedModel, inputOf, refusedSettings, languageSettings } = contract
  const { predict: operation } = servedModel.operations
  const input = inputOf('a') as Record<string, unknown>
  const body = (configuration: object, ...inputs: unknown[]) =>
    encodeRequest(operation, { configuration, inputs } as never)

  it.each<[string, unknown, number, string]>([
    ['a body that is not JSON', '{', 400, 'MALFORMED_REQUEST'],
    ['a body without inputs', {}, 422, 'INVALID_INPUT'],
    ['an unknown setting', body({ no_such_setting: 1 }, input), 422, 'INVALID_INPUT'],
    ['an input of a wrong kind', body({}, 12), 422, 'INVALID_INPUT'],
    ['an empty list', { inputs: [] }, 422, 'INVALID_INPUT'],
    ['an unknown field of an input', body({}, { ...input, extra: 1 }), 422, 'INVALID_INPUT'],
    ['a text above the limit', body({}, inputOf('a'.repeat(MAX_CHARACTERS + 1))), 413, 'INPUT_TOO_LARGE'],
    ['more inputs than the limit', body({}, ...Array(MAX_ITEMS + 1).fill(input)), 413, 'INPUT_TOO_LARGE'],
  ])('refuses %s', async (_, sent, status, code) => {
    const reply = await predict(sent)
    expect([reply.status, reply.body.code]).toEqual([status, code])
    expect(reply.body.request_id).toBe(reply.headers.get('x-request-id'))
    if (status === 413) expect(reply.body.detail).toMatch(new RegExp(`at most (${MAX_CHARACTERS}|${MAX_ITEMS}) `))
  })

  for (const { what, configuration, at, code = 'INVALID_INPUT', saying = '' } of refusedSettings)
    it(`refuses ${what}`, async () => {
      const reply = await predict({ configuration, inputs: [inputOf('One.'), inputOf('Two.')] })
      expect([reply.status, reply.body.code]).toEqual([422, code])
      expect(reply.body.detail).toContain(saying)
      expect(reply.body.errors).toContainEqual(expect.objectContaining({ pointer: `/configuration/${at}` }))
    })

  for (const setting of languageSettings)
    it(`refuses an unknown ${setting}`, async () => {
      const { status, body: problem } = await predict(body({ [setting]: 'xx' }, input))
      expect([status, problem.code]).toEqual([422, 'UNSUPPORTED_LANGUAGE'])
    })

  it('refuses what is not there, and another method', async () => {
    expect((await get('/v1/model/no-such-model/bio')).body.code).toBe('MODEL_NOT_FOUND')
    expect((await post('versions/NONE-9/predict', body({}, input))).body.code).toBe('MODEL_NOT_FOUND')
    expect((await get('/no-such-route')).body.code).toBe('ROUTE_NOT_FOUND')
    expect((await get(`/v1/model/${project.name}/predict`)).body.code).toBe('METHOD_NOT_ALLOWED')
  })
}

function describeHostile(contract: Contract, client: Client): void {
  const { servedModel, inputOf, configurations, hostileTexts, texts, checkOutput } = contract
  it.each([...hostileTexts, ...LONGEST_TEXTS])(
    'answers a text that is: %s',
    async (_, text) => {
      for (const configuration of configurations) {
        const sent = { configuration, inputs: [inputOf(text)] }
        const { status, body } = await client.predict(sent)
        expect(status).toBe(200)
        checkOutput((body.outputs as unknown[])[0] as never, text)
      }
    },
    TIMEOUT_MS,
  )

  it.each(Object.entries(servedModel.operations))(
    `answers ${HOSTILE_BODIES} hostile bodies for %s, made from its schema and broken, none with 5xx`,
    async (name, operation) => {
      const schema = requestSchema(operation, MAX_ITEMS)
      const statuses = new Map<number, number>()
      for (const sent of hostileBodies(schema, texts, HOSTILE_BODIES, SEED)) {
        const { status } = await client.post(name, sent)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        if (status >= 500) throw new Error(`${status} for ${sent}`)
      }
      expect([...statuses.keys()].sort()).toEqual([200, 400, 422])
      expect(statuses.get(200)).toBeGreaterThan(HOSTILE_BODIES * (name === 'predict' ? 0.05 : 0.01))
    },
    TIMEOUT_MS,
  )
}

function noModel(): never {
  throw new Error('The functional tier loads no model in process.')
}
