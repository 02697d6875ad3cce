import { ALGORITHMS } from '../../src/signing/algorithms.ts'

it.each([
  ['lower-cases and deletes punctuation inside words too', "Don't STOP: well-known!", 'dont stop wellknown'],
  ['keeps the underscore and numbers of any kind', 'a_b ½ Ⅷ ①', 'a_b ½ ⅷ ①'],
  ['deletes combining marks', 'काम cafe\u0301', 'कम cafe'],
  ['splits at white space as Python knows it', 'a\u0085b\u001cc\ufeffd', 'a b cd'],
  ['takes words apart as Treebank does', 'cannot WANNA wannabe', 'can not wan na wannabe'],
  ['makes one word of a text without spaces', '東京都の天気', '東京都の天気'],
  ['finds no word in nothing', ' \n', ''],
  ['removes the stop words of the language', 'The town and the ferry', 'town ferry', 'en'],
  ['removes them spelled exactly as listed', 'The town und die Fähre', 'the town fähre', 'de'],
  ['removes none of a language without a list', 'the town', 'the town', 'cy'],
])('the algorithm of the reference %s', (_, content, expected, language: string | null = null) => {
  expect(ALGORITHMS.words.wordsOf(content, language)).toEqual(expected.split(' ').filter(Boolean))
})

it.each([
  ['keeps combining marks, however they are composed', 'काम कम cafe\u0301', 'काम कम caf\u00e9'],
  ['keeps apostrophes and hyphens inside words', "Don't be well-known", "don't be well-known"],
  ['removes stop words', 'The town and the ferry', 'town ferry', 'en'],
])('the algorithm that segments %s', (_, content, expected, language: string | null = null) => {
  expect(ALGORITHMS.segments.wordsOf(content, language)).toEqual(expected.split(' '))
})

it.each(['東京都の天気は晴れです。', '今天天气很好', 'วันนี้อากาศดีมาก'])('makes several words of %s', (content) => {
  const found = ALGORITHMS.segments.wordsOf(content, null)
  expect(found.length).toBeGreaterThan(2)
  expect(content.startsWith(found.join('').slice(0, 6))).toBe(true)
})
