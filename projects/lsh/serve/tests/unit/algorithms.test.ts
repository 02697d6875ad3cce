import { ALGORITHMS, LANGUAGES } from '../../src/signing/algorithms.ts'

const words = (content: string, language: string | null = null) => ALGORITHMS.words.wordsOf(content, language)
const segments = (content: string, language: string | null = null) => ALGORITHMS.segments.wordsOf(content, language)

describe('the algorithm of the reference', () => {
  it.each([
    ['lower-cases and deletes punctuation inside words too', "Don't STOP: well-known!", ['dont', 'stop', 'wellknown']],
    ['keeps the underscore and numbers of any kind', 'a_b ½ Ⅷ ①', ['a_b', '½', 'ⅷ', '①']],
    ['deletes combining marks', 'काम cafe\u0301', ['कम', 'cafe']],
    ['splits at white space as Python knows it', 'a\u0085b\u001cc\ufeffd', ['a', 'b', 'cd']],
    ['takes words apart as Treebank does', 'cannot WANNA wannabe', ['can', 'not', 'wan', 'na', 'wannabe']],
    ['makes one word of a text without spaces', '東京都の天気', ['東京都の天気']],
    ['finds no word in nothing', ' \n', []],
  ])('%s', (_, content, expected) => {
    expect(words(content)).toEqual(expected)
  })

  it('removes the stop words of the language, spelled exactly as listed', () => {
    expect(words('The town and the ferry', 'en')).toEqual(['town', 'ferry'])
    expect(words('The town und die Fähre', 'de')).toEqual(['the', 'town', 'fähre'])
    expect(words('the town', 'cy')).toEqual(['the', 'town'])
  })
})

describe('the algorithm that segments', () => {
  it('keeps combining marks, however they are composed', () => {
    expect(segments('काम कम')).toEqual(['काम', 'कम'])
    expect(segments('cafe\u0301')).toEqual(segments('café'))
  })

  it('keeps apostrophes and hyphens inside words', () => {
    expect(segments("Don't be well-known")).toEqual(["don't", 'be', 'well-known'])
  })

  it.each(['東京都の天気は晴れです。', '今天天气很好', 'วันนี้อากาศดีมาก'])('makes several words of %s', (content) => {
    const found = segments(content)
    expect(found.length).toBeGreaterThan(2)
    expect(content.startsWith(found.join('').slice(0, 6))).toBe(true)
  })

  it('removes stop words', () => {
    expect(segments('The town and the ferry', 'en')).toEqual(['town', 'ferry'])
  })
})

it('the algorithms have different ids, and that which depends on ICU names its version', () => {
  expect(ALGORITHMS.words.id).toBe('minhash-words/1')
  expect(ALGORITHMS.segments.id).toMatch(/^minhash-segments\/1-icu\d+$/)
})

it('knows the 53 languages of the reference', () => {
  const reference =
    'af ar bg bn ca cs cy da de el en es et fa fi fr gu he hi hr hu id it ja kn ko lt lv mk ml mr ne nl no pa pl pt ro ru sk sl so sq sv sw ta te th tr uk ur vi zh'
  expect(reference.split(' ').filter((code) => !LANGUAGES.includes(code))).toEqual([])
})
