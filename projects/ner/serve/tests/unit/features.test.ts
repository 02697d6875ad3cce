import { CASES, caseOf, featuresOf } from '../../src/entities/features.ts'
import { Gazetteer } from '../../src/entities/gazetteer.ts'

it.each([
  ['lower', ['word', 'a', 'ß']],
  ['title', ['Word', 'Élodie']],
  ['initial', ['A', 'É1']],
  ['upper', ['USA', 'MH17']],
  ['mixed', ['iPhone', 'McDonald']],
  ['digits', ['2024', '٣']],
  ['caseless', ['東京']],
  ['other', ['.', '😀', '']],
])('the case %s is that of %j', (expected, words) => {
  expect(words.map(caseOf)).toEqual(words.map(() => expected))
})

it('the feature of a word joins its case and its lists', () => {
  const words = ['the', 'Paris'].map((word, i) => ({ ids: [i], start: 4 * i, end: 4 * i + word.length }))
  const entries: [string, number[]][] = [
    ['first_name', [1]],
    ['city', [1]],
  ]
  const gazetteer = new Gazetteer(['city', 'first_name'], entries)
  const inBothLists = 3 * CASES.length
  const expected = [CASES.indexOf('lower'), CASES.indexOf('title') + inBothLists]
  expect(featuresOf('the Paris', words, gazetteer)).toEqual(expected)
})
