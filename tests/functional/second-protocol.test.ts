/** A second protocol beside the native one: three files, no change elsewhere, and it serves keywords with an error for each row. */
import path from 'node:path'
import { firstDifference, readRecordings, recordingsFile } from '@servery/model-version'
import { nativeProtocol, type Server, start } from '@servery/serving'
import { projectUnderTest } from '@servery/testkit'
import servedModel from '../../projects/keywords/serve/dist/served-model.js'
import { rowsProtocol } from '../fixtures/rows-protocol/plugin.ts'

const { name, serveDirectory, directory } = projectUnderTest(
  path.join(import.meta.dirname, '../../projects/keywords/serve'),
)
const DOCUMENT = 'Tidal turbines in the bay now power the harbour town through winter storms.'
let server: Server

beforeAll(async () => {
  Object.assign(process.env, { SERVERY_PORT: '0', SERVERY_NUM_WORKERS: '1', SERVERY_LOG_LEVEL: 'silent' })
  server = await start(servedModel, { name, serveDirectory, protocols: [nativeProtocol, rowsProtocol] })
}, 120_000)
afterAll(() => server.close())

async function post(route: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${server.address.replace('0.0.0.0', '127.0.0.1')}${route}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

it('answers the rows that can be answered, and says of each other one why', async () => {
  const native = await post('/v1/model/keywords/predict', { inputs: [{ document: DOCUMENT }] })
  const [keywords] = native.body.outputs as unknown[]
  const rows = [
    [7, { document: DOCUMENT }],
    [8, { text: 'an unknown field' }],
    [9, { document: 'a'.repeat(200_001) }],
    [10, { document: DOCUMENT }],
  ]
  const { status, body } = await post('/rows/keywords', { data: rows })
  expect(status).toBe(200)
  expect(body.data).toEqual([
    [7, expect.objectContaining({})],
    [8, { error: 'INVALID_INPUT' }],
    [9, { error: 'INPUT_TOO_LARGE' }],
    [10, expect.objectContaining({})],
  ])
  const [first, , , last] = body.data as [number, unknown][]
  for (const [, output] of [first!, last!]) expect(firstDifference(output, keywords, 1e-5)).toBeUndefined()
})

it('answers rows none of which can be answered', async () => {
  expect((await post('/rows/keywords', { data: [[1, 12]] })).body).toEqual({ data: [[1, { error: 'INVALID_INPUT' }]] })
})

it('has the recorded answers of the version', async () => {
  const plain = readRecordings(recordingsFile(directory)).filter(
    ({ configuration }) => Object.keys(configuration).length === 0,
  )
  expect(plain.length).toBeGreaterThan(0)
  for (const { inputs, outputs } of plain) {
    const { body } = await post('/rows/keywords', { data: inputs.map((input, i) => [i, input]) })
    const answered = (body.data as [number, unknown][]).map(([, output]) => output)
    expect(firstDifference(answered, outputs)).toBeUndefined()
  }
})

it('has errors of its own shape, and leaves those of the native protocol alone', async () => {
  expect(await post('/rows/none', { data: [[1, {}]] })).toEqual({ status: 404, body: { failed: 'MODEL_NOT_FOUND' } })
  expect(await post('/rows/keywords', { data: [] })).toEqual({ status: 400, body: { failed: 'INVALID_INPUT' } })
  expect((await post('/v1/model/keywords/predict', {})).body).toMatchObject({ code: 'INVALID_INPUT', status: 422 })
})

it('is counted by its name', async () => {
  const metrics = await (await fetch(`${server.address.replace('0.0.0.0', '127.0.0.1')}/metrics`)).text()
  for (const protocol of ['native', 'rows'])
    expect(metrics).toMatch(
      new RegExp(`servery_requests_total{[^}]*protocol="${protocol}",role="default",status="200",code="OK"} [1-9]`),
    )
})
