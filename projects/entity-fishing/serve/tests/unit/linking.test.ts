import { KnowledgeBase } from '../../src/knowledge/knowledge-base.ts'
import { findNames, likeliest } from '../../src/knowledge/link.ts'
import { languageOf } from '../../src/languages.ts'
import { placesOf } from '../../src/linking/occurrences.ts'
import { idOf, linkedIn } from '../../src/linking/wikidata-ids.ts'

const linked = (...pairs: [string, string][]) => pairs.map(([rawName, wikidataId]) => ({ rawName, wikidataId }))

describe('places of names', () => {
  it.each<[string, string, string[], [string, number][]]>([
    [
      'offset 0 and every occurrence',
      'Rome, Rome',
      ['Rome'],
      [
        ['Rome', 0],
        ['Rome', 6],
      ],
    ],
    [
      'plain text, not expressions',
      'A (b. c) a.b axb',
      ['(b. c)', 'a.b'],
      [
        ['(b. c)', 2],
        ['a.b', 9],
      ],
    ],
    [
      'no name inside a longer one',
      'New York and York',
      ['York', 'New York'],
      [
        ['New York', 0],
        ['York', 13],
      ],
    ],
    ['no name inside a word', 'USA and US', ['US'], [['US', 8]]],
    ['names of scripts without spaces', '我在北京大学', ['北京'], [['北京', 2]]],
    [
      'each name once',
      'a a',
      ['a', 'a'],
      [
        ['a', 0],
        ['a', 2],
      ],
    ],
    ['nothing for no name', 'a', ['', 'b'], []],
  ])('finds %s', (_, content, names, expected) => {
    const places = placesOf(content, names)
    expect(places.map(({ rawName, offsetStart }) => [rawName, offsetStart])).toEqual(expected)
    for (const { rawName, offsetStart, offsetEnd } of places)
      expect(content.slice(offsetStart, offsetEnd)).toBe(rawName)
  })
})

describe('the id of a name', () => {
  it.each<[string, string, ReturnType<typeof linked>, string | undefined]>([
    ['is the most common one', 'Rome', linked(['Rome', 'Q1'], ['Rome', 'Q2'], ['Rome', 'Q2']), 'Q2'],
    ['is the first one on a tie', 'Rome', linked(['Rome', 'Q3'], ['Rome', 'Q2']), 'Q3'],
    [
      'is that of the same name before any other',
      'US',
      linked(['US Navy', 'Q2'], ['US Navy', 'Q2'], ['US', 'Q1']),
      'Q1',
    ],
    ['may be that of a longer or shorter name', 'The Hague', linked(['Hague', 'Q4']), 'Q4'],
    ['is not that of a word that contains it', 'US', linked(['USA', 'Q5']), undefined],
    ['is unknown without an answer', 'Rome', [], undefined],
  ])('%s', (_, name, answer, id) => {
    expect(idOf(name, answer)).toBe(id)
  })

  it('leaves out entities without a usable id', () => {
    const entities = [
      { rawName: 'a', wikidataId: null },
      { rawName: 'b' },
      null,
      { rawName: 'c', wikidataId: '<script>' },
      { rawName: 'd', wikidataId: 'Q1' },
    ]
    expect(linkedIn({ entities })).toEqual([{ rawName: 'd', wikidataId: 'Q1' }])
    for (const answer of [null, [], {}, { entities: 'x' }]) expect(() => linkedIn(answer)).toThrow(TypeError)
  })
})

describe('the local knowledge base', () => {
  const entry = (id: string, name: string, type: string, prior: number, context = '', aliases: string[] = []) => ({
    id,
    name,
    aliases,
    type,
    prior,
    context,
  })
  const knowledge = new KnowledgeBase([
    entry('Q1', 'Georgia', 'LOC', 1, 'country in the Caucasus'),
    entry('Q2', 'Georgia', 'LOC', 0.6, 'American state known for peaches'),
    entry('Q3', 'Target', 'ORG', 0.5, 'American department store chain'),
    entry('Q4', 'Bank of Georgia', 'ORG', 0.4, 'bank'),
    entry('Q5', 'Netherlands', 'LOC', 1, '', ['Holland']),
  ])
  const idFor = (name: string, type?: string, topic: string[] = []) =>
    likeliest(knowledge, name, type, new Set(topic))?.id
  const found = (content: string) => findNames(content, knowledge, 'en').map(({ entity_text }) => entity_text)

  it('takes the likeliest entry of a name, in any case, by alias, without its article', () => {
    expect([idFor('Georgia'), idFor('GEORGIA'), idFor('holland'), idFor('the Netherlands'), idFor('Nowhere')]).toEqual([
      'Q1',
      'Q1',
      'Q5',
      'Q5',
      undefined,
    ])
  })

  it('lets the text decide between entries of a name', () => {
    expect(idFor('Georgia', 'LOC', ['american', 'peaches'])).toBe('Q2')
  })

  it('finds the longest name at each place, with its places', () => {
    const content = 'Hello. The Bank of Georgia is in Georgia.'
    expect(found(content)).toEqual(['Bank of Georgia', 'Georgia'])
    for (const mention of findNames(content, knowledge, 'en')) {
      expect(content.slice(mention.document_start as number, mention.document_end as number)).toBe(mention.entity_text)
      expect([mention.sentence_index, (mention.document_start as number) - (mention.start as number)]).toEqual([1, 7])
    }
  })

  it('takes a word of the language for an organisation only where the text says so', () => {
    expect(found('Target practice is at noon.')).toEqual([])
    expect(found('Target opened a department store.')).toEqual(['Target'])
    expect(found('the target of a store')).toEqual([])
  })
})

it('knows the languages of the contract and two more codes of Chinese', () => {
  expect([languageOf('en'), languageOf('zh-cn'), languageOf('zh-tw')]).toEqual(['en', 'zh', 'zh'])
  for (const code of ['xx', '', 'EN', 'constructor'])
    expect(() => languageOf(code)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_LANGUAGE' }))
})
