import { KnowledgeBase } from '../../src/knowledge/knowledge-base.ts'
import { findNames, likeliest } from '../../src/knowledge/link.ts'
import { languageOf } from '../../src/languages.ts'
import { placesOf } from '../../src/linking/occurrences.ts'
import { idOf, linkedIn } from '../../src/linking/wikidata-ids.ts'
import { configuration } from '../../src/schemas.ts'

it.each([
  ['offset 0 and every occurrence', 'Rome, Rome', ['Rome'], 'Rome 0, Rome 6'],
  ['plain text, not expressions', 'A (b. c) a.b axb', ['(b. c)', 'a.b'], '(b. c) 2, a.b 9'],
  ['no name inside a longer one', 'New York and York', ['York', 'New York'], 'New York 0, York 13'],
  ['no name inside a word', 'USA and US', ['US'], 'US 8'],
  ['names of scripts without spaces', '我在北京大学', ['北京'], '北京 2'],
  ['each name once', 'a a', ['a', 'a'], 'a 0, a 2'],
  ['nothing for no name', 'a', ['', 'b'], ''],
])('finds places of names: %s', (_, content, names, expected) => {
  const places = placesOf(content, names)
  expect(places.map(({ rawName, offsetStart }) => `${rawName} ${offsetStart}`).join(', ')).toBe(expected)
  for (const { rawName, offsetStart, offsetEnd } of places) expect(content.slice(offsetStart, offsetEnd)).toBe(rawName)
})

it.each<[string, string, Record<string, string[]>, string | undefined]>([
  ['is the most common one', 'Rome', { Rome: ['Q1', 'Q2', 'Q2'] }, 'Q2'],
  ['is the first one on a tie', 'Rome', { Rome: ['Q3', 'Q2'] }, 'Q3'],
  ['is that of the same name before any other', 'US', { 'US Navy': ['Q2', 'Q2'], US: ['Q1'] }, 'Q1'],
  ['may be that of a longer or shorter name', 'The Hague', { Hague: ['Q4'] }, 'Q4'],
  ['is not that of a word that contains it', 'US', { USA: ['Q5'] }, undefined],
  ['is unknown without an answer', 'Rome', {}, undefined],
])('the id of a name %s', (_, name, answer, id) => {
  const linked = Object.entries(answer).flatMap(([rawName, ids]) => ids.map((wikidataId) => ({ rawName, wikidataId })))
  expect(idOf(name, linked)).toBe(id)
})

it('leaves out entities without a usable id', () => {
  const entities = [null, '<script>', 'Q1'].map((wikidataId) => ({ rawName: 'a', wikidataId }))
  expect(linkedIn({ entities: [{ rawName: 'a' }, null, ...entities] })).toEqual([{ rawName: 'a', wikidataId: 'Q1' }])
  for (const answer of [null, [], {}, { entities: 'x' }]) expect(() => linkedIn(answer)).toThrow(TypeError)
})

const knowledge = new KnowledgeBase([
  { id: 'Q1', name: 'Georgia', aliases: [], type: 'LOC', prior: 1, context: 'country in the Caucasus' },
  { id: 'Q2', name: 'Georgia', aliases: [], type: 'LOC', prior: 0.6, context: 'American state known for peaches' },
  { id: 'Q3', name: 'Target', aliases: [], type: 'ORG', prior: 0.5, context: 'American department store chain' },
  { id: 'Q4', name: 'Bank of Georgia', aliases: [], type: 'ORG', prior: 0.4, context: 'bank' },
  { id: 'Q5', name: 'Netherlands', aliases: ['Holland'], type: 'LOC', prior: 1, context: '' },
])
const found = (content: string) => findNames(content, knowledge, 'en').map(({ entity_text }) => entity_text)

it('takes the likeliest entry of a name, in any case, by alias, without its article', () => {
  const names = ['Georgia', 'GEORGIA', 'holland', 'the Netherlands', 'Nowhere']
  const ids = names.map((name) => likeliest(knowledge, name, undefined, new Set())?.id)
  expect(ids).toEqual(['Q1', 'Q1', 'Q5', 'Q5', undefined])
})

it('lets the text decide between entries of a name', () => {
  expect(likeliest(knowledge, 'Georgia', 'LOC', new Set(['american', 'peaches']))?.id).toBe('Q2')
})

it('finds the longest name at each place, with its places', () => {
  const content = 'Hello. The Bank of Georgia is in Georgia.'
  expect(found(content)).toEqual(['Bank of Georgia', 'Georgia'])
  for (const mention of findNames(content, knowledge, 'en')) {
    const [start, end] = [mention.document_start as number, mention.document_end as number]
    expect(content.slice(start, end)).toBe(mention.entity_text)
    expect([mention.sentence_index, start - (mention.start as number)]).toEqual([1, 7])
  }
})

it.each([
  ['Target practice is at noon.', []],
  ['Target opened a department store.', ['Target']],
  ['the target of a store', []],
])('takes a word of the language for an organisation only where the text says so: %s', (content, names) => {
  expect(found(content)).toEqual(names)
})

it('knows the languages of the contract, English by default, and two more codes of Chinese', () => {
  expect(configuration.properties.lang).toHaveProperty('default', 'en')
  expect(['en', 'zh-cn', 'zh-tw'].map(languageOf)).toEqual(['en', 'zh', 'zh'])
  expect(() => languageOf('EN')).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_LANGUAGE' }))
})
