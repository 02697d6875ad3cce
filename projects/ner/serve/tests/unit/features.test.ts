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
  const gazetteer = new Gazetteer(
    ['city', 'first_name'],
    ['first_name', 'city'].map((list) => [list, [1]] as const),
  )
  const inBothLists = 3 * CASES.length
  expect(featuresOf('the Paris', words, gazetteer)).toEqual([
    CASES.indexOf('lower'),
    CASES.indexOf('title') + inBothLists,
  ])
})
