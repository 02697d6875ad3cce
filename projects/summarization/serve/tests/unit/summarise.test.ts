import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { select } from '../../src/extractive/select.ts'
import { sentencesOf } from '../../src/extractive/sentences.ts'
import { summarise } from '../../src/extractive/summarise.ts'
import { LANGUAGES } from '../../src/languages.ts'

const read = (file: string) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))
const news: string[] = read('news.json').texts.map(({ content }: { content: string }) => content)
const samples: Record<string, string> = { en: news[0], ...read('languages.json') }

const LENGTHS = 'A very long first sentence. A shorter one. And the longest sentence of all three.'
const STOPS = 'The ferry to the island stops in May. '
const BUILT = 'A new ferry for the island is built in Gdansk.'
const GLACIER = ['Researchers measured glacier melt in Greenland.', 'The melt of the glacier doubled in ten years.']
const SEA = 'Melt water of the glacier raises the sea.'

it.each(news)('takes sentences verbatim, in order, no longer than wished, of text %#', (content) => {
  for (const length of [15, 30, 60]) {
    const summary = summarise(content, 'en', length)
    expect(summary).not.toBe('')
    expect(summary.split(/\s+/).length).toBeLessThanOrEqual(length)
    let rest = content
    for (const sentence of summary.split(/(?<=[.!?]) (?=[A-Z])/)) {
      expect(rest).toContain(sentence)
      rest = rest.slice(rest.indexOf(sentence) + sentence.length)
    }
  }
})

it.each([
  ['the whole text where that is short enough', 'One. Two words.\nThree.', 4, 'One. Two words. Three.'],
  ['the shortest sentence where none is short enough', LENGTHS, 2, 'A shorter one.'],
  ['nothing twice', `${STOPS.repeat(3)}${BUILT} Nobody said why.`, 22, STOPS + BUILT],
])('takes %s', (_, content, length, summary) => {
  expect(summarise(content, 'en', length)).toBe(summary)
})

it('never fails and never exceeds the length that a text allows', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 })
  const isBounded = (content: string, length: number) => summarise(content, 'en', length).length <= content.length + 1
  fc.assert(fc.property(text, fc.integer({ min: 1, max: 50 }), isBounded))
})

it.each(LANGUAGES)('takes sentences of a text in %s', (language) => {
  const content = samples[language] as string
  const { length } = summarise(content, language, 15)
  expect(length).toBeGreaterThan(5)
  expect(length).toBeLessThan(content.length)
})

it.each([0, 1, 2, 3])('is not moved by "we" in sentence %i', (place) => {
  const sentences = [...GLACIER, 'A festival was held nearby.', SEA]
  const changed = sentences.with(place, (sentences[place] as string).replace(' ', ' we '))
  const ofLength1 = (texts: string[]) => sentencesOf(texts.join(' '), 'en').map((one) => ({ ...one, length: 1 }))
  for (const count of [1, 2, 3]) expect(select(ofLength1(changed), count)).toEqual(select(ofLength1(sentences), count))
})

it('takes what the rest of the text goes on about, not what stands first', () => {
  expect(summarise(['A festival was held in town.', ...GLACIER, SEA].join(' '), 'en', 10)).toContain('glacier')
})
