/** The running server over real HTTP: recorded answers, documented refusals, any text, hostile bodies. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Entity } from '@servery/entities'
import { firstDifference } from '@servery/model-version'
import { readRecorded } from '@servery/serving'
import { modelVersionOf, type ServedProcess, serverUnderTest } from '@servery/testkit'
import fc from 'fast-check'

const SERVE = path.join(import.meta.dirname, '../..')
const VERSION = modelVersionOf(SERVE)
const DIRECTORY = path.join(SERVE, 'models', VERSION)
const SEED = 20_240_501
const CONTENT = 'Marta Oyelaran joined Northwind Rail in Lisbon last spring.'

interface Reply {
  readonly status: number
  readonly body: Record<string, unknown>
}

let server: Pick<ServedProcess, 'url' | 'stop'>

beforeAll(async () => {
  server = await serverUnderTest(path.join(SERVE, 'dist/model-server.js'), {
    SERVERY_NUM_WORKERS: '2',
    // The longest texts take seconds, and ten times that on a busy machine.
    SERVERY_REQUEST_TIMEOUT_MS: '250000',
  })
}, 120_000)

afterAll(async () => {
  expect(await server.stop()).toBe(0)
})

async function predict(body: unknown): Promise<Reply> {
  const response = await fetch(`${server.url}/v1/model/ner/predict`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

function entitiesOf({ body }: Reply): Entity[] {
  return (body.outputs as { predicted_content: Entity[] }).predicted_content
}

describe('recorded answers', () => {
  it.each(readRecorded(DIRECTORY).map(({ request, response }, i) => [i, request, response]))(
    'request %i',
    async (_, request, response) => {
      const { status, body } = await predict(request)
      expect(status).toBe(200)
      expect(firstDifference(body, response)).toBeUndefined()
    },
  )

  it('finds the three names of the example of the contract, in their places', async () => {
    const found = entitiesOf(await predict({ inputs: { content: CONTENT } }))
    expect(found.map(({ entity_text, start, end }) => [entity_text, start, end])).toEqual([
      ['Marta Oyelaran', 0, 14],
      ['Northwind Rail', 22, 36],
      ['Lisbon', 40, 46],
    ])
  })
})

describe('bio', () => {
  it('has the card as it lies in the version and its languages; no limit of tokens, since all of a text is read', async () => {
    const bio = (await (await fetch(`${server.url}/v1/model/ner/bio`)).json()) as Record<string, unknown>
    expect(bio).toMatchObject({ model_name: 'ner', model_version: VERSION, languages: ['en'] })
    expect(bio.model_card).toEqual(JSON.parse(readFileSync(path.join(DIRECTORY, 'model_card.json'), 'utf8')))
    expect((bio.model_card as Record<string, unknown>).max_tokens).toBeUndefined()
  })
})

describe('what is refused', () => {
  it('a language that the model does not know, naming those it does', async () => {
    const { status, body } = await predict({ configuration: { language: 'ja' }, inputs: { content: CONTENT } })
    expect([status, body.code]).toEqual([422, 'UNSUPPORTED_LANGUAGE'])
    expect(body.detail).toContain('languages: en')
    expect(body.errors).toMatchObject([{ pointer: '/configuration/language' }])
  })

  it.each([
    ['a misspelt setting', { return_position: true }, '/configuration/return_position'],
    ['a boolean as text', { return_pos: 'true' }, '/configuration/return_pos'],
    ['another kind of content', { content_type: 'text/markdown' }, '/configuration/content_type'],
    ['no language', { language: null }, '/configuration/language'],
  ])('%s', async (_, configuration, pointer) => {
    const { status, body } = await predict({ configuration, inputs: { content: CONTENT } })
    expect([status, body.code]).toEqual([422, 'INVALID_INPUT'])
    expect((body.errors as { pointer: string }[]).map((error) => error.pointer)).toContain(pointer)
  })

  it('a text that is too long, naming the limit', async () => {
    const { status, body } = await predict({ inputs: { content: 'a '.repeat(100_001) } })
    expect([status, body.code]).toEqual([413, 'INPUT_TOO_LARGE'])
    expect(body.detail).toContain('200000')
  })
})

describe('any text', () => {
  it.each([
    ['empty', ''],
    ['blank', ' \t\n '],
    ['punctuation only', '?!… — ()'],
    ['one character', 'a'],
    ['emoji', '👍🏽👨‍👩‍👧‍👦 Ann Lee'],
    ['a lone surrogate', 'bad \ud83d text about Lisbon'],
    ['mixed scripts', 'Tokyo 東京 Токио טוקיו طوكيو โตเกียว'],
    ['right to left', 'مدينة الميناء تحصل على الطاقة من البحر'],
    ['literal special tokens', '[CLS] Ann Lee [SEP] [MASK] of [UNK] [PAD]'],
    ['markup', '<b>Ann</b> &amp; <script>Rome</script>'],
    ['over-long', 'Marta Oyelaran joined Northwind Rail in Lisbon. '.repeat(4_000)],
    ['one long sentence', 'Marta and Omar and '.repeat(5_000)],
    ['one long word', 'x'.repeat(150_000)],
    ['a word of a hundred tokens after short ones', `${'a '.repeat(120)}${'ก'.repeat(100)} Ann`],
  ])(
    '%s has entities that are slices of it',
    async (_, content) => {
      for (const content_type of ['text/plain', 'text/html']) {
        const reply = await predict({ configuration: { content_type }, inputs: { content } })
        expect(reply.status).toBe(200)
        for (const { entity_text, document_start, document_end, score } of entitiesOf(reply)) {
          expect(content.slice(document_start, document_end)).toBe(entity_text)
          expect(score).toBeLessThanOrEqual(1)
        }
      }
    },
    120_000,
  )
})

describe('hostile bodies', () => {
  it('answers 1,000 of them, made from the schema and broken, none with 5xx', async () => {
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('\ud800', '<p>Ann&', 'Ann Lee. Bob'),
    )
    const odd = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(-1, 1e308, 2 ** 53, 0.5, '', null, [], {}))
    const field = (valid: fc.Arbitrary<unknown>) =>
      fc.oneof({ weight: 30, arbitrary: valid }, { weight: 1, arbitrary: odd })
    const configuration = fc.record(
      {
        return_pos: field(fc.boolean()),
        language: field(fc.constantFrom('en', 'en-GB', 'en-%', 'de', '')),
        content_type: field(fc.constantFrom('text/plain', 'text/html')),
        ['__proto__']: odd,
      },
      { requiredKeys: [] },
    )
    const input = fc.oneof({ weight: 8, arbitrary: fc.record({ content: field(text) }) }, { weight: 1, arbitrary: odd })
    const body = fc.record(
      {
        configuration: field(configuration),
        inputs: field(fc.oneof(input, fc.array(input, { maxLength: 4 }))),
      },
      { requiredKeys: [] },
    )
    const broken = body.chain((valid) =>
      fc.nat(JSON.stringify(valid).length).map((at) => JSON.stringify(valid).slice(0, at)),
    )
    const hostile = fc.oneof(
      { weight: 6, arbitrary: body.map((valid) => JSON.stringify(valid)) },
      { weight: 1, arbitrary: broken },
    )
    const statuses = new Map<number, number>()
    for (const sent of fc.sample(hostile, { numRuns: 1_000, seed: SEED })) {
      const { status } = await predict(sent)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status >= 500) throw new Error(`${status} for ${sent}`)
    }
    expect([...statuses.keys()].sort()).toEqual([200, 400, 422])
    expect(statuses.get(200)).toBeGreaterThan(50)
  }, 300_000)
})
