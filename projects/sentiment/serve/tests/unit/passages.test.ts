import { splitSentences } from '@servery/text'
import fc from 'fast-check'
import { PASSAGE, passagesOf } from '../../src/sentiment/passages.ts'

const passages = (text: string) =>
  passagesOf(text, splitSentences(text)).map(({ start, end }) => text.slice(start, end))

it('a short text is one passage, without the white space around it', () => {
  expect(passages('  Not bad. I would go again!  \n')).toEqual(['Not bad. I would go again!'])
})

it('whole sentences share passages as far as they fit', () => {
  const sentence = `It ${'goes on and '.repeat(14)}ends.`
  expect(sentence.length * 2).toBeLessThan(PASSAGE)
  const two = `${sentence} ${sentence}`
  expect(passages([two, two, sentence].join(' '))).toEqual([two, two, sentence])
})

it('a long sentence is cut at white space, a long word anywhere', () => {
  const pieces = passages(`${'word '.repeat(200)}${'x'.repeat(900)}`)
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(PASSAGE)
  expect(pieces[0]).toMatch(/ $/)
  expect(pieces.slice(0, 2).join('').split(' ').filter(Boolean)).toEqual(Array(160).fill('word'))
})

it('nothing but white space is lost, in order, in pieces that fit', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b ', '. ', '\n', 'cd', '!', 'e'.repeat(300)) }), (text) => {
      const found = passagesOf(text, splitSentences(text))
      const pieces = found.map(({ start, end }) => text.slice(start, end))
      expect(pieces.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
      for (const { start, end } of found) expect(end - start).toBeLessThanOrEqual(PASSAGE)
    }),
  )
})
