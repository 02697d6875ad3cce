import type { Entity } from '@servery/entities'
import { itemsOf, type PredictBody } from '@servery/serving'
import fc from 'fast-check'
import { createRecogniser } from '../../src/entities/recognise.ts'
import type { Tagger } from '../../src/entities/tagger.ts'
import servedModel from '../../src/served-model.ts'

const LABELS = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC']
/** Knows these words and `@`, and has no doubts. */
const KNOWN: Record<string, string> = {
  Ann: 'B-PER',
  Lee: 'I-PER',
  '@': 'B-PER',
  Bob: 'B-PER',
  Rome: 'B-LOC',
  'S\u00e3o': 'B-LOC',
  Paulo: 'I-LOC',
  '!': 'B-LOC',
}
const tagger: Tagger = {
  labels: LABELS,
  tag: async (sentences) =>
    sentences.map((sentence) => {
      const words = [...sentence.matchAll(/[\p{L}\p{N}](?:\u2060*[\p{L}\p{N}])*|[^\s\u2060]/gu)].map(
        ({ 0: word, index }) => ({
          ids: [1],
          start: index,
          end: index + word.length,
        }),
      )
      const logits = words.map(({ start, end }) => {
        const own = KNOWN[sentence.slice(start, end).replaceAll('\u2060', '')] ?? 'O'
        return Float32Array.from(LABELS, (label) => (label === own ? 10 : 0))
      })
      return { words, logits }
    }),
}
const recognise = createRecogniser(tagger)

async function entitiesOf(content: string, configuration: PredictBody['configuration'] = {}): Promise<Entity[]> {
  const [result] = await recognise(itemsOf(servedModel as never, { configuration, inputs: { content } }) as never)
  if (!result || 'error' in result) throw new Error('no output')
  return result.output.predicted_content
}
const texts = async (content: string, configuration?: PredictBody['configuration']) =>
  (await entitiesOf(content, configuration)).map(({ entity_text }) => entity_text)

describe('entities', () => {
  it('have places in their sentence and in the text as sent', async () => {
    const content = '  Hello.  \n Then Ann  Lee left Rome.'
    const score = expect.closeTo(0.9998, 4)
    expect(await entitiesOf(content)).toEqual([
      {
        entity_type: 'PER',
        entity_text: 'Ann  Lee',
        score,
        sentence_index: 1,
        start: 5,
        end: 13,
        document_start: 17,
        document_end: 25,
      },
      {
        entity_type: 'LOC',
        entity_text: 'Rome',
        score,
        sentence_index: 1,
        start: 19,
        end: 23,
        document_start: 31,
        document_end: 35,
      },
    ])
  })

  it('have no places when none are asked for', async () => {
    expect(Object.keys((await entitiesOf('Ann left.', { return_pos: false }))[0]!)).toEqual([
      'entity_type',
      'entity_text',
      'score',
      'sentence_index',
    ])
  })

  it.each([
    ['neighbours of one type', 'Ann (Bob) Bob Ann', ['Ann', 'Bob', 'Bob', 'Ann']],
    ['neighbours without a space', 'Ann/Bob', ['Ann', 'Bob']],
    ['neighbours of two types', 'Ann Rome', ['Ann', 'Rome']],
    ['a user name', 'RT @Bob and @ Bob', ['@Bob', '@', 'Bob']],
    ['an address', 'x@Rome', ['@', 'Rome']],
    ['punctuation', 'no ! name', []],
    ['four characters', 'Rome', ['Rome']],
    ['nothing', '', []],
    ['blanks', ' \n\t ', []],
  ])('of %s', async (_, content, expected) => {
    expect(await texts(content)).toEqual(expected)
  })

  it('in HTML are slices of the HTML, and what is markup is none', async () => {
    const content = '<p title="Ann">In <b>S&atilde;o</b> Paulo</p><script>Bob</script><p>R&#111;me Rome</p>'
    const html = await entitiesOf(content, { content_type: 'text/html' })
    expect(html.map((entity) => entity.entity_text)).toEqual(['S&atilde;o</b> Paulo', 'R&#111;me', 'Rome'])
    for (const entity of html) {
      expect(content.slice(entity.document_start, entity.document_end)).toBe(entity.entity_text)
    }
    expect(await texts('R S&atilde;', { content_type: 'text/html' })).toEqual([])
  })

  it('end after the reference that ends them', async () => {
    const known: Tagger = {
      ...tagger,
      tag: async () => [{ words: [{ ids: [1], start: 0, end: 4 }], logits: [Float32Array.of(0, 9, 0, 0, 0)] }],
    }
    const item = itemsOf(servedModel as never, {
      configuration: { content_type: 'text/html' },
      inputs: { content: 'Ren&eacute; x' },
    })
    const [result] = await createRecogniser(known)(item as never)
    expect(result).toMatchObject({ output: { predicted_content: [{ entity_text: 'Ren&eacute;', end: 11 }] } })
  })

  it('are slices of any text, with offsets in UTF-16 units', async () => {
    const piece = fc.oneof(
      fc.constantFrom(...Object.keys(KNOWN), ' ', '. ', '\n', '😀', '\ud83d', 'Dr. ', '<p>', '&amp;'),
      fc.string({ unit: 'binary', maxLength: 5 }),
    )
    const configuration = fc.constantFrom({}, { content_type: 'text/html' })
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), configuration, async (pieces, settings) => {
        const content = pieces.join('')
        for (const { entity_text, start, end, document_start, document_end } of await entitiesOf(content, settings)) {
          expect(content.slice(document_start, document_end)).toBe(entity_text)
          expect(end! - start!).toBe(entity_text.length)
        }
      }),
    )
  })

  it('of many documents are those of each', async () => {
    const contents = ['Ann. Bob.', '', 'Rome', 'x. y. Lee Ann Lee']
    const items = contents.flatMap((content) => itemsOf(servedModel as never, { inputs: { content } }))
    const together = await recognise(items as never)
    for (const [i, content] of contents.entries()) {
      expect(together[i]).toEqual({ output: { predicted_content: await entitiesOf(content) } })
    }
  })
})

describe('the language', () => {
  it.each(['en', 'EN', 'en-GB', 'en-%'])('%s is answered', async (language) => {
    expect(await texts('Ann', { language })).toEqual(['Ann'])
  })

  it.each(['de', '', 'english', 'e', 'fr-en'])('%j is refused, and English named', (language) => {
    expect(() => itemsOf(servedModel as never, { configuration: { language }, inputs: { content: 'x' } })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_LANGUAGE', message: expect.stringContaining('languages: en') }),
    )
  })
})
