import { CASES, caseOf, featuresOf } from '../../src/entities/features.ts'
import { Gazetteer } from '../../src/entities/gazetteer.ts'

it.each([
  ['word', 'lower'],
  ['a', 'lower'],
  ['ß', 'lower'],
  ['Word', 'title'],
  ['Élodie', 'title'],
  ['A', 'initial'],
  ['É1', 'initial'],
  ['USA', 'upper'],
  ['MH17', 'upper'],
  ['iPhone', 'mixed'],
  ['McDonald', 'mixed'],
  ['2024', 'digits'],
  ['٣', 'digits'],
  ['東京', 'caseless'],
  ['.', 'other'],
  ['😀', 'other'],
  ['', 'other'],
])('the case of %j is %s', (word, expected) => {
  expect(caseOf(word)).toBe(expected)
})

it('the feature of a word joins its case and its lists', () => {
  const words = [
    { ids: [1], start: 0, end: 3 },
    { ids: [2], start: 4, end: 9 },
  ]
  const gazetteer = new Gazetteer(
    ['city', 'first_name'],
    [
      ['first_name', [2]],
      ['city', [2]],
    ],
  )
  const title = CASES.indexOf('title')
  expect(featuresOf('the Paris', words, gazetteer)).toEqual([CASES.indexOf('lower'), title + 3 * CASES.length])
})
