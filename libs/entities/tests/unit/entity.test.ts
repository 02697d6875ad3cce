import { Value } from '@servery/schema'
import { entity, mention, mentionText } from '../../src/entity.ts'

const ANSWER = {
  entity_type: 'LOC',
  entity_text: 'Lisbon',
  score: 0.99,
  sentence_index: 0,
  start: 40,
  end: 46,
  document_start: 40,
  document_end: 46,
}

describe('entity', () => {
  it('may leave out positions, nothing else', () => {
    const { start, end, document_start, document_end, ...rest } = ANSWER
    expect(Value.Check(entity, ANSWER)).toBe(true)
    expect(Value.Check(entity, rest)).toBe(true)
    for (const field of ['entity_type', 'entity_text', 'score', 'sentence_index']) {
      expect(Value.Check(entity, { ...rest, [field]: undefined })).toBe(false)
    }
  })

  it.each([{ entity_type: '' }, { score: 1.01 }, { start: -1 }, { sentence_index: 0.5 }, { entity_text: '' }])(
    'refuses %j',
    (wrong) => {
      expect(Value.Check(entity, { ...ANSWER, ...wrong })).toBe(false)
    },
  )
})

describe('mention', () => {
  it.each([
    ['what ner answers', ANSWER],
    ['the fields of the reference', { text: 'Lisbon', sentence_indexes: [0, 2], score: '0.9', entity_type: null }],
    ['fields that nobody knows', { text: 'Lisbon', wiki_link: 'https://www.wikidata.org/wiki/Q597' }],
  ])('takes %s', (_, value) => {
    expect(Value.Check(mention, value)).toBe(true)
  })

  it.each([{ text: 1 }, { sentence_indexes: [-1] }, { sentence_index: '0' }, { start: 1.5 }])('refuses %j', (value) => {
    expect(Value.Check(mention, value)).toBe(false)
  })
})

describe('mentionText', () => {
  it('is the text, else the entity_text, else nothing', () => {
    expect(mentionText({ text: 'a', entity_text: 'b' })).toBe('a')
    expect(mentionText({ text: null, entity_text: 'b' })).toBe('b')
    expect(mentionText({ text: '', entity_text: 'b' })).toBe('b')
    expect(mentionText({})).toBeUndefined()
  })
})
