/** The running server over real HTTP: recorded answers, documented refusals, hostile bodies. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { firstDifference } from '@servery/model-version'
import { readRecorded } from '@servery/serving'
import { modelVersionOf, type ServedProcess, serverUnderTest } from '@servery/testkit'
import fc from 'fast-check'

const SERVE = path.join(import.meta.dirname, '../..')
const VERSION = modelVersionOf(SERVE)
const DIRECTORY = path.join(SERVE, 'models', VERSION)
const SEED = 20_240_501
const DOCUMENT = 'Tidal turbines in the bay now power the harbour town through winter storms.'

interface Reply {
  readonly status: number
  readonly body: Record<string, unknown>
}

let server: Pick<ServedProcess, 'url' | 'stop'>

beforeAll(async () => {
  server = await serverUnderTest(path.join(SERVE, 'dist/model-server.js'), { SERVERY_NUM_WORKERS: '2' })
}, 120_000)

afterAll(async () => {
  expect(await server.stop()).toBe(0)
})

async function predict(body: unknown): Promise<Reply> {
  const response = await fetch(`${server.url}/v1/model/keywords/predict`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

function keywordsOf({ body }: Reply): { keyword_token: string; keyword_score: number }[][] {
  return (body.outputs as { predicted_document: { keyword_token: string; keyword_score: number }[] }[]).map(
    (output) => output.predicted_document,
  )
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
})

describe('bio', () => {
  it('has the card as it lies in the version, languages and the token limit', async () => {
    const bio = (await (await fetch(`${server.url}/v1/model/keywords/bio`)).json()) as Record<string, unknown>
    const card = JSON.parse(readFileSync(path.join(DIRECTORY, 'model_card.json'), 'utf8'))
    expect(bio).toMatchObject({ model_name: 'keywords', model_version: VERSION, languages: ['en'], max_tokens: 256 })
    expect(bio.model_card).toEqual(card)
  })
})

describe('what is refused', () => {
  it.each([
    ['fewer candidates than keywords', { use_maxsum: true, nr_candidates: 4 }, '/configuration/nr_candidates'],
    ['an unknown language of stop words', { stop_words: 'klingon' }, '/configuration/stop_words'],
    ['a range that runs down', { keyphrase_ngram_range: [2, 1] }, '/configuration/keyphrase_ngram_range'],
    ['one list of seeds for two documents', { seed_keywords: [['a']] }, '/configuration/seed_keywords'],
    ['a misspelt setting', { topn: 3 }, '/configuration/topn'],
    ['a number as text', { top_n: '3' }, '/configuration/top_n'],
    ['a diversity above 1', { diversity: 1.5 }, '/configuration/diversity'],
  ])('%s', async (_, configuration, pointer) => {
    const { status, body } = await predict({ configuration, inputs: [{ document: DOCUMENT }, { document: DOCUMENT }] })
    expect([status, body.code]).toEqual([422, 'INVALID_INPUT'])
    expect((body.errors as { pointer: string }[]).map((error) => error.pointer)).toContain(pointer)
  })

  it('says the limit of a text and of a request', async () => {
    const long = await predict({ inputs: [{ document: 'a '.repeat(100_001) }] })
    expect([long.status, long.body.code]).toEqual([413, 'INPUT_TOO_LARGE'])
    expect(long.body.detail).toContain('200000')
    const many = await predict({ inputs: Array.from({ length: 257 }, () => ({ document: 'a' })) })
    expect([many.status, many.body.detail]).toEqual([413, expect.stringContaining('at most 256')])
  })
})

describe('any text', () => {
  it.each([
    ['empty', ''],
    ['blank', ' \t\n '],
    ['punctuation only', '?!… — ()'],
    ['one character', 'a'],
    ['emoji', '👍🏽👨‍👩‍👧‍👦'],
    ['a lone surrogate', 'bad \ud83d text about turbines'],
    ['mixed scripts', 'Tokyo 東京 Токио טוקיו طوكيو โตเกียว'],
    ['right to left', 'مدينة الميناء تحصل على الطاقة من البحر'],
    ['over-long', `${'turbines power the harbour, '.repeat(7_000)}`],
    ['one long word', 'x'.repeat(150_000)],
  ])('%s has a defined answer in its own spelling', async (_, document) => {
    const reply = await predict({ configuration: { keyphrase_ngram_range: [1, 3] }, inputs: [{ document }] })
    expect(reply.status).toBe(200)
    for (const { keyword_token, keyword_score } of keywordsOf(reply)[0]!) {
      expect(document).toContain(keyword_token)
      expect(Math.abs(keyword_score)).toBeLessThanOrEqual(1)
    }
  })
})

describe('hostile bodies', () => {
  it('answers 1,000 of them, made from the schema and broken, none with 5xx', async () => {
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constant('\ud800'),
    )
    const odd = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(-1, 1e308, 2 ** 53, 0.5, '', null, [], {}))
    const field = (valid: fc.Arbitrary<unknown>) =>
      fc.oneof({ weight: 30, arbitrary: valid }, { weight: 1, arbitrary: odd })
    const configuration = fc.record(
      {
        candidates: field(fc.array(text, { maxLength: 5 })),
        keyphrase_ngram_range: field(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }))),
        stop_words: field(fc.oneof(fc.constantFrom('english', 'de', 'xx'), fc.array(text, { maxLength: 3 }))),
        top_n: field(fc.integer({ min: -1, max: 101 })),
        min_df: field(fc.integer({ min: 0, max: 3 })),
        use_maxsum: field(fc.boolean()),
        use_mmr: field(fc.boolean()),
        diversity: field(fc.double({ min: -0.1, max: 1.1, noNaN: true })),
        nr_candidates: field(fc.integer({ min: 0, max: 101 })),
        seed_keywords: field(
          fc.oneof(fc.array(text, { maxLength: 3 }), fc.array(fc.array(text, { maxLength: 2 }), { maxLength: 3 })),
        ),
        ['__proto__']: odd,
      },
      { requiredKeys: [] },
    )
    const input = fc.oneof(
      { weight: 8, arbitrary: fc.record({ document: field(text) }) },
      { weight: 1, arbitrary: odd },
    )
    const body = fc.record(
      { configuration: field(configuration), inputs: field(fc.array(input, { maxLength: 4 })) },
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
