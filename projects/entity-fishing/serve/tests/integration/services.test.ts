/** Linking through the services, which here are stubs. */
import { Value } from 'typebox/value'
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.ts'
import { Linker } from '../../src/linking/linker.ts'
import { Services } from '../../src/linking/services.ts'
import { type Params, params } from '../../src/params.ts'
import type { Input } from '../../src/schemas.ts'
import { disambiguation, type ServicesStub, startServicesStub } from './services-stub.ts'

const FISH = '/service/disambiguate'
const NER = '/v1/model/ner/predict'
const wiki = (id: string) => `https://www.wikidata.org/wiki/${id}`
const london = {
  entity_type: 'LOC',
  entity_text: 'London',
  score: 0.9,
  sentence_index: 0,
  start: 0,
  end: 6,
  document_start: 0,
  document_end: 6,
}

let stub: ServicesStub
let services: Services
let linker: Linker

beforeEach(async () => {
  stub = await startServicesStub()
  stub.answers[FISH] = disambiguation({ London: 'Q84', England: 'Q21' })
  stub.answers[NER] = () => ({ outputs: { predicted_content: [london] } })
  services = new Services({
    ...(Value.Default(params, {}) as Params),
    SERVERY_ENTITY_FISHING_UPSTREAM: `${stub.url}/`,
    SERVERY_ENTITY_FISHING_UPSTREAM_KEY: 'k3y',
    SERVERY_ENTITY_FISHING_NER: stub.url,
    SERVERY_ENTITY_FISHING_TIMEOUT_MS: 300,
  })
  linker = new Linker(new KnowledgeBase([]), services)
})
afterEach(async () => {
  await services.close()
  await stub.stop()
})

const link = (input: Input) => linker.link(input, 'en', new AbortController().signal)

it('asks the service for every place of what was sent, and links', async () => {
  const entities = [
    { text: 'London', extra: 1 },
    { entity_text: 'England', entity_type: 'LOC' },
    { text: 'Nowhere' },
    {},
  ]
  expect(await link({ content: 'London,\r\nin England. London!', entities })).toEqual({
    entities: [{ ...entities[0], wiki_link: wiki('Q84') }, { ...entities[1], wiki_link: wiki('Q21') }, entities[2], {}],
  })
  expect(stub.requests).toEqual([
    {
      path: FISH,
      key: 'k3y',
      body: {
        text: 'London,  in England. London!',
        language: { lang: 'en' },
        mentions: [],
        nbest: false,
        sentence: false,
        entities: [
          { rawName: 'London', offsetStart: 0, offsetEnd: 6 },
          { rawName: 'England', offsetStart: 12, offsetEnd: 19 },
          { rawName: 'London', offsetStart: 21, offsetEnd: 27 },
        ],
      },
    },
  ])
})

it('asks ner for entities where none were sent, and nobody where the list is empty', async () => {
  expect(await link({ content: 'London calls.', entities: null })).toEqual({
    entities: [{ ...london, wiki_link: wiki('Q84') }],
  })
  expect(stub.requests.map(({ path, key }) => [path, key])).toEqual([
    [NER, undefined],
    [FISH, 'k3y'],
  ])
  expect(stub.requests[0]?.body).toEqual({
    configuration: { return_pos: true, language: 'en' },
    inputs: { content: 'London calls.' },
  })
  expect(await link({ content: 'London calls.', entities: [] })).toEqual({ entities: [] })
  expect(stub.requests).toHaveLength(2)
})

it.each<[string, (stub: ServicesStub) => void, string, RegExp]>([
  [
    'answers an error',
    (service) => {
      service.status = 500
    },
    'UPSTREAM_FAILED',
    /answered 500/,
  ],
  [
    'answers no JSON',
    (service) => {
      service.answers[FISH] = () => '<html>'
    },
    'UPSTREAM_FAILED',
    /not JSON/,
  ],
  [
    'answers another shape',
    (service) => {
      service.answers[FISH] = () => ({ entities: 7 })
    },
    'UPSTREAM_FAILED',
    /another shape/,
  ],
  [
    'is silent',
    (service) => {
      service.delayMs = 2_000
    },
    'UPSTREAM_TIMEOUT',
    /300 ms/,
  ],
])('says so when the service %s', async (_, misbehave, code, sentence) => {
  misbehave(stub)
  const failed = link({ content: 'London', entities: [{ text: 'London' }] })
  await expect(failed).rejects.toMatchObject({ code, message: expect.stringMatching(sentence) })
})

it('says so when ner answers another shape', async () => {
  stub.answers[NER] = () => ({ outputs: [] })
  await expect(link({ content: 'London' })).rejects.toThrow('The ner service answered something of another shape.')
})

it('names the service that is missing', async () => {
  await services.watch()
  expect(linker.missing).toBeUndefined()
  stub.status = 503
  await services.watch()
  expect(linker.missing).toMatch(/^The entity-fishing service answered 503 .*; The ner service answered 503/)
})
