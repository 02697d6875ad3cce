/** Linking through the services, which here are stubs. */
import { Value } from '@servery/schema'
import type { StubReply } from '@servery/testkit'
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.ts'
import { Linker } from '../../src/linking/linker.ts'
import { Services } from '../../src/linking/services.ts'
import { type Params, params } from '../../src/params.ts'
import type { Input } from '../../src/schemas.ts'
import { FISH, london, NER, PROBES, type ServicesStub, startServicesStub } from './services-stub.ts'

const wiki = (id: string) => `https://www.wikidata.org/wiki/${id}`

let stub: ServicesStub
let services: Services
let linker: Linker

beforeEach(async () => {
  stub = await startServicesStub()
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
const asked = () => stub.requests.map(({ path, headers, body }) => ({ path, key: headers['x-api-key'], body }))

it('asks the service for every place of what was sent, and links', async () => {
  const first = { text: 'London', extra: 1 }
  const second = { entity_text: 'England', entity_type: 'LOC' }
  const others = [{ text: 'Nowhere' }, {}]
  const { entities } = await link({ content: 'London,\r\nin England. London!', entities: [first, second, ...others] })
  const linked = [
    { ...first, wiki_link: wiki('Q84') },
    { ...second, wiki_link: wiki('Q21') },
  ]
  expect(entities).toEqual([...linked, ...others])
  const settings = { language: { lang: 'en' }, mentions: [], nbest: false, sentence: false }
  const at = (rawName: string, offsetStart: number, offsetEnd: number) => ({ rawName, offsetStart, offsetEnd })
  const places = [at('London', 0, 6), at('England', 12, 19), at('London', 21, 27)]
  const body = { text: 'London,  in England. London!', ...settings, entities: places }
  expect(asked()).toEqual([{ path: FISH, key: 'k3y', body }])
})

it('asks ner for entities where none were sent, and nobody where the list is empty', async () => {
  const linked = await link({ content: 'London calls.', entities: null })
  expect(linked).toEqual({ entities: [{ ...london, wiki_link: wiki('Q84') }] })
  const body = { configuration: { return_pos: true, language: 'en' }, inputs: { content: 'London calls.' } }
  expect(asked()).toEqual([{ path: NER, key: undefined, body }, expect.objectContaining({ path: FISH, key: 'k3y' })])
  expect(await link({ content: 'London calls.', entities: [] })).toEqual({ entities: [] })
  expect(stub.requests).toHaveLength(2)
})

it.each<[string, string, StubReply, string, RegExp]>([
  ['the service answers an error', FISH, { status: 500 }, 'UPSTREAM_FAILED', /answered 500/],
  ['the service answers no JSON', FISH, { body: '<html>' }, 'UPSTREAM_FAILED', /not JSON/],
  ['the service answers another shape', FISH, { body: { entities: 7 } }, 'UPSTREAM_FAILED', /another shape/],
  ['the service is silent', FISH, { delayMs: 2_000 }, 'UPSTREAM_TIMEOUT', /300 ms/],
  ['ner answers another shape', NER, { body: { outputs: [] } }, 'UPSTREAM_FAILED', /^The ner service .* another shape/],
])('says so when %s', async (_, path, answer, code, sentence) => {
  stub.answers[path] = answer
  await expect(link({ content: 'London' })).rejects.toMatchObject({ code, message: expect.stringMatching(sentence) })
})

it('names the service that is missing', async () => {
  await services.watch()
  expect(linker.missing).toBeUndefined()
  for (const probe of PROBES) stub.answers[probe] = { status: 503 }
  await services.watch()
  expect(linker.missing).toMatch(/^The entity-fishing service answered 503 .*; The ner service answered 503/)
})
