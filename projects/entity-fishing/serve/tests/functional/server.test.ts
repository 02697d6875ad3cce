/** The running server over real HTTP: the recorded answers, the README's example, and what is refused. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { firstDifference } from '@servery/model-version'
import type { Recorded } from '@servery/serving'
import { type ServedProcess, serverUnderTest } from '@servery/testkit'

const SERVE = path.join(import.meta.dirname, '../..')
const recorded = JSON.parse(readFileSync(path.join(SERVE, 'tests/predictions.json'), 'utf8')) as Recorded[]

let server: Pick<ServedProcess, 'url' | 'stop'>

beforeAll(async () => {
  server = await serverUnderTest(path.join(SERVE, 'dist/model-server.js'), { SERVERY_NUM_WORKERS: '1' })
}, 120_000)

afterAll(async () => {
  expect(await server.stop()).toBe(0)
})

async function predict(body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${server.url}/v1/model/entity-fishing/predict`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

it.each(recorded.map(({ request, response }, i) => [i, request, response]))(
  'recorded answer %i',
  async (_, request, response) => {
    const { status, body } = await predict(request)
    expect(status).toBe(200)
    expect(firstDifference(body, response)).toBeUndefined()
  },
)

it('the example of the README has the answer it prints', async () => {
  const text = readFileSync(path.join(SERVE, '../README.md'), 'utf8')
  const [sent, printed] = [...text.matchAll(/```json\n([\s\S]+?)```/g)].map((match) => match[1] as string)
  expect((await predict(sent)).body).toEqual(JSON.parse(printed as string))
})

it('takes the flat body of the reference', async () => {
  const entities = [{ entity_type: 'LOC', text: 'Wales' }]
  expect((await predict({ content: 'In Wales.', lang: 'en', entities })).body).toEqual({
    entities: [{ ...entities[0], wiki_link: 'https://www.wikidata.org/wiki/Q25' }],
  })
})

it.each([
  ['a body that is not JSON', '{', 400, 'MALFORMED_REQUEST'],
  ['an unknown field', { inputs: { content: 'a', extra: 1 } }, 422, 'INVALID_INPUT'],
  ['another language', { content: 'a', lang: 'ca' }, 422, 'UNSUPPORTED_LANGUAGE'],
  ['entities that are none', { content: 'a', entities: ['England'] }, 422, 'INVALID_INPUT'],
  ['a text above the limit', { inputs: { content: 'a'.repeat(200_001) } }, 413, 'INPUT_TOO_LARGE'],
])('refuses %s', async (_, body, status, code) => {
  const reply = await predict(body)
  expect([reply.status, reply.body.code]).toEqual([status, code])
})

it('bio, live and ready answer', async () => {
  for (const route of ['/v1/live', '/v1/ready', '/v1/model/entity-fishing/bio']) {
    const response = await fetch(`${server.url}${route}`)
    expect([route, response.status]).toEqual([route, 200])
    await response.arrayBuffer()
  }
})
