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

async function post(route: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${server.url}/v1/model/lsh/${route}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const FERRY = 'Harbour council approves ferry terminal upgrade; harbour council funds ferry terminal jobs.'

it.each(recorded.map(({ request, response }, i) => [i, request, response]))(
  'recorded answer %i',
  async (_, request, response) => {
    const { status, body } = await post('predict', request)
    expect(status).toBe(200)
    expect(firstDifference(body, response)).toBeUndefined()
  },
)

it('the examples of the README have the answers it prints', async () => {
  const text = readFileSync(path.join(SERVE, '../README.md'), 'utf8')
  const blocks = [...text.matchAll(/```json\n([\s\S]+?)```/g)].map((match) => match[1] as string)
  expect(blocks).toHaveLength(4)
  for (const [i, route] of ['predict', 'compare'].entries()) {
    const [sent, printed] = blocks.slice(2 * i)
    expect((await post(route, sent)).body).toEqual(JSON.parse(printed as string))
  }
})

it('compares a stored signature with a text', async () => {
  const { body: stored } = await post('predict', { inputs: { content: FERRY } })
  const { status, body } = await post('compare', { inputs: [stored, { content: FERRY }] })
  expect(status).toBe(200)
  expect(body.pairs).toEqual([{ first: 0, second: 1, estimated_jaccard: 1, exact_jaccard: null, candidate: true }])
})

const stored = { signature: ['AAAA'], signature_algorithm: 'minhash-words/1' }

it.each<[string, string, unknown, number, string]>([
  ['a body that is not JSON', 'predict', '{', 400, 'MALFORMED_REQUEST'],
  ['an unknown field', 'predict', { inputs: { content: 'a', extra: 1 } }, 422, 'INVALID_INPUT'],
  [
    'a setting out of range',
    'predict',
    { configuration: { num_perm: 1 }, inputs: { content: 'a' } },
    422,
    'INVALID_INPUT',
  ],
  [
    'a shingle of no words',
    'predict',
    { configuration: { shingle_list: 0 }, inputs: { content: 'a' } },
    422,
    'INVALID_INPUT',
  ],
  [
    'another language',
    'predict',
    { configuration: { language: 'xx' }, inputs: { content: 'a' } },
    422,
    'UNSUPPORTED_LANGUAGE',
  ],
  ['a text above the limit', 'predict', { inputs: { content: 'a'.repeat(200_001) } }, 413, 'INPUT_TOO_LARGE'],
  ['one text to compare', 'compare', { inputs: [{ content: 'a' }] }, 422, 'INVALID_INPUT'],
  ['51 texts to compare', 'compare', { inputs: Array(51).fill({ content: 'a' }) }, 422, 'INVALID_INPUT'],
  ['a signature of other bands', 'compare', { inputs: [{ content: 'a' }, stored] }, 422, 'INVALID_INPUT'],
  [
    'a signature of another algorithm',
    'compare',
    { inputs: [{ content: 'a' }, { ...stored, signature_algorithm: 'minhash-words/2' }] },
    422,
    'INVALID_INPUT',
  ],
  [
    'a long text among those to compare',
    'compare',
    { inputs: [{ content: 'a' }, { content: 'a'.repeat(200_001) }] },
    413,
    'INPUT_TOO_LARGE',
  ],
])('refuses %s', async (_, route, body, status, code) => {
  const reply = await post(route, body)
  expect([reply.status, reply.body.code]).toEqual([status, code])
})

it('answers probes while it signs the longest text with the most permutations', async () => {
  const content = 'x1 '.repeat(66_666)
  const signing = post('predict', { configuration: { num_perm: 1_024, shingle_list: 1 }, inputs: { content } })
  let answered = false
  const signed = signing.then((reply) => {
    answered = true
    return reply
  })
  const whileSigning: number[] = []
  while (!answered) {
    const response = await fetch(`${server.url}/v1/live`)
    await response.arrayBuffer()
    if (!answered) whileSigning.push(response.status)
  }
  expect((await signed).status).toBe(200)
  expect(whileSigning.length).toBeGreaterThan(3)
  expect(new Set(whileSigning)).toEqual(new Set([200]))
})

it('bio names the algorithms with their versions, and live and ready answer', async () => {
  for (const route of ['/v1/live', '/v1/ready', '/v1/model/lsh/bio']) {
    const response = await fetch(`${server.url}${route}`)
    expect([route, response.status]).toEqual([route, 200])
    const body = (await response.json()) as Record<string, unknown>
    if (!route.endsWith('bio')) continue
    expect(body).toMatchObject({
      signature_algorithm: 'minhash-words/1',
      signature_algorithms: { words: 'minhash-words/1', segments: expect.stringMatching(/^minhash-segments\/1-icu/) },
      languages: expect.arrayContaining(['en', 'ta']),
    })
  }
})
