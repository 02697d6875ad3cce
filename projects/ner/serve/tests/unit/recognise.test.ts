/** From a document to its entities, with a tagger that knows a few words. */
import type { Entity } from '@servery/entities'
import { itemsOf } from '@servery/serving'
import { succeeded } from '@servery/testkit'
import fc from 'fast-check'
import { createRecogniser } from '../../src/entities/recognise.ts'
import type { Tagger } from '../../src/entities/tagger.ts'
import servedModel from '../../src/served-model.ts'
import { checkEntities } from '../contract.ts'

/** The words that the tagger knows, without any doubt, by their label. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  O: [],
  'B-PER': ['Ann', 'Bob', 'Ren\u00e9', '@'],
  'I-PER': ['Lee'],
  'B-LOC': ['Rome', 'S\u00e3o', '!'],
  'I-LOC': ['Paulo'],
}
const LABELS = Object.keys(WORDS)
const labelOf = (word: string) => LABELS.find((label) => WORDS[label]!.includes(word)) ?? 'O'
/** A run of letters, which fillers of HTML may part, or one other character. */
const WORD = /[\p{L}\p{N}](?:\u2060*[\p{L}\p{N}])*|[^\s\u2060]/gu

const tagger: Tagger = {
  labels: LABELS,
  tag: async (sentences) =>
    sentences.map((sentence) => {
      const found = [...sentence.matchAll(WORD)]
      const words = found.map(({ 0: word, index }) => ({ ids: [1], start: index, end: index + word.length }))
      const labels = found.map(([word]) => labelOf(word.replaceAll('\u2060', '')))
      const logits = labels.map((own) => Float32Array.from(LABELS, (label) => (label === own ? 10 : 0)))
      return { words, logits }
    }),
}
const recognise = createRecogniser(tagger)

async function entitiesOf(content: string, configuration = {}): Promise<Entity[]> {
  const items = itemsOf(servedModel, { configuration, inputs: [{ content }] })
  const [result] = succeeded(await recognise(items as never))
  checkEntities(result!.output, content)
  return result!.output.predicted_content
}
const textsOf = async (content: string, content_type = 'text/plain') =>
  (await entitiesOf(content, { content_type })).map(({ entity_text }) => entity_text)

it('entities have places in their sentence and in the text as sent', async () => {
  const common = { score: expect.closeTo(0.9998, 4), sentence_index: 1 }
  const ann = { start: 5, end: 13, document_start: 17, document_end: 25 }
  const rome = { start: 19, end: 23, document_start: 31, document_end: 35 }
  expect(await entitiesOf('  Hello.  \n Then Ann  Lee left Rome.')).toEqual([
    { ...common, entity_type: 'PER', entity_text: 'Ann  Lee', ...ann },
    { ...common, entity_type: 'LOC', entity_text: 'Rome', ...rome },
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
])('the entities of %s', async (_, content, expected) => {
  expect(await textsOf(content)).toEqual(expected)
})

it.each([
  ['what stands in attributes and scripts is none', '<p title="Ann">Rome</p><script>Bob</script>', ['Rome']],
  ['they are slices of the HTML', '<b>S&atilde;o</b> Paulo, R&#111;me', ['S&atilde;o</b> Paulo', 'R&#111;me']],
  ['they end after the reference that ends them', 'Ren&eacute; x', ['Ren&eacute;']],
  ['a reference is no part of another word', 'R S&atilde;', []],
])('in HTML %s', async (_, content, expected) => {
  expect(await textsOf(content, 'text/html')).toEqual(expected)
})

it('entities are slices of any text, with offsets in UTF-16 units', async () => {
  const known = fc.constantFrom(...Object.values(WORDS).flat(), ' ', '. ', '\n', '😀', '\ud83d', 'Dr. ', '<p>', '&amp;')
  const pieces = fc.array(fc.oneof(known, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 30 })
  const contentTypes = fc.constantFrom('text/plain', 'text/html')
  const isSliced = async (some: string[], type: string) => void (await textsOf(some.join(''), type))
  await fc.assert(fc.asyncProperty(pieces, contentTypes, isSliced))
})
