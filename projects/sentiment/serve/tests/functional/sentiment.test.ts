/** The running server over real HTTP: recorded answers, documented refusals, any text, hostile bodies. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { firstDifference } from '@servery/model-version'
import { readRecorded } from '@servery/serving'
import { modelVersionOf, type ServedProcess, serverUnderTest } from '@servery/testkit'
import fc from 'fast-check'
import type { Output } from '../../src/schemas.ts'

const SERVE = path.join(import.meta.dirname, '../..')
const VERSION = modelVersionOf(SERVE)
const DIRECTORY = path.join(SERVE, 'models', VERSION)
const SEED = 20_240_501
const CONTENT = 'Customers praised Alder Bank for its quick help. The queue outside was awful.'

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
  const response = await fetch(`${server.url}/v1/model/sentiment/predict`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const outputOf = ({ body }: Reply) => body.outputs as Output

describe('recorded answers', () => {
  it.each(readRecorded(DIRECTORY).map(({ request, response }, i) => [i, request, response]))(
    'request %i',
    async (_, request, response) => {
      const { status, body } = await predict(request)
      expect(status).toBe(200)
      expect(firstDifference(body, response)).toBeUndefined()
    },
  )
})

describe('bio', () => {
  it('has the card as it lies in the version and its languages; no limit of tokens, since all of a text is read', async () => {
    const bio = (await (await fetch(`${server.url}/v1/model/sentiment/bio`)).json()) as Record<string, unknown>
    expect(bio).toMatchObject({ model_name: 'sentiment', model_version: VERSION, languages: ['en'] })
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
    ['a misspelt setting', { entity: [] }, '/configuration/entity'],
    ['an unknown rule', { label_rule: 'best' }, '/configuration/label_rule'],
    ['no language', { language: null }, '/configuration/language'],
    ['an entity without a name', { entities: [{ entity_type: 'ORG' }] }, '/configuration/entities/0'],
    ['lists of entities for other inputs', { entities: [[], []] }, '/configuration/entities'],
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
    ['empty', '', 'no_words'],
    ['blank', ' \t\n ', 'no_words'],
    ['punctuation only', '?!… — ()', 'no_words'],
    ['one character', 'a', 'too_short'],
    ['one short word', 'Good!', 'too_short'],
    ['emoji', '👍🏽👨‍👩‍👧‍👦 great day', undefined],
    ['a lone surrogate', 'bad \ud83d text about Lisbon', undefined],
    ['mixed scripts', 'Tokyo 東京 Токио טוקיו طوكيو โตเกียว', undefined],
    ['literal special tokens', '[CLS] good [SEP] [MASK] of [UNK] [PAD]', undefined],
    ['markup', '<b>Ann</b> &amp; <script>Rome</script> awful', undefined],
    ['over-long', 'The service was not bad at all. '.repeat(6_000), undefined],
    ['one long sentence', 'good and bad but '.repeat(10_000), undefined],
    ['one long word', 'x'.repeat(150_000), undefined],
  ])(
    '%s has probabilities that sum to 1, and a reason where it is not read',
    async (_, content, reason) => {
      const entities = [{ text: 'good' }]
      const reply = await predict({ configuration: { entities }, inputs: { content } })
      expect(reply.status).toBe(200)
      const { label, negative_prob, neutral_prob, positive_prob, ...rest } = outputOf(reply)
      expect(negative_prob + neutral_prob + positive_prob).toBeCloseTo(1, 3)
      expect(rest.reason).toBe(reason)
      if (reason) expect(label).toBe('neutral')
      expect(rest.entities).toHaveLength(1)
    },
    120_000,
  )
})

describe('hostile bodies', () => {
  it('answers 1,000 of them, made from the schema and broken, none with 5xx', async () => {
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('\ud800', '<p>Ann&', 'Ann Lee was good; Bob'),
    )
    const odd = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(-1, 1e308, 2 ** 53, 0.5, '', null, [], {}))
    const field = (valid: fc.Arbitrary<unknown>) =>
      fc.oneof({ weight: 30, arbitrary: valid }, { weight: 1, arbitrary: odd })
    const place = field(fc.nat(60))
    const mention = fc.record(
      {
        text: field(fc.oneof(text, fc.constantFrom('Ann', 'Bob', ' ', '.'))),
        entity_text: field(text),
        score: field(fc.double()),
        sentence_index: place,
        sentence_indexes: field(fc.array(fc.nat(5), { maxLength: 3 })),
        start: place,
        end: place,
        document_start: place,
        document_end: place,
        ['__proto__']: odd,
      },
      { requiredKeys: ['text'] },
    )
    const configuration = fc.record(
      {
        entities: field(fc.array(field(mention), { maxLength: 3 })),
        language: field(fc.constantFrom('en', 'en-GB', 'en-%', 'de', '')),
        label_rule: field(fc.constantFrom('calibrated', 'reference')),
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
