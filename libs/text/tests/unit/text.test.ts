import fc from 'fast-check'
import { occurrences, phrases } from '../../src/phrases.ts'
import { STOP_WORD_LANGUAGES, stopWords } from '../../src/stop-words.ts'
import { words } from '../../src/words.ts'

const none = new Set<string>()
const texts = (content: string) => words(content).map((word) => word.text)
const of = (content: string, maxWords: number, stop: ReadonlySet<string> = none) =>
  phrases(content, { minWords: 1, maxWords, stopWords: stop }).map((phrase) => phrase.text)

describe('words', () => {
  it.each([
    ["L'école naïve, don't stop", ["L'école", 'naïve', "don't", 'stop']],
    ['state-of-the-art -- dash', ['state-of-the-art', 'dash']],
    ['naïve cafe\u0301', ['naïve', 'cafe\u0301']],
    ['東京タワーは高い', ['東京タワー', 'は', '高い']],
    ['מדינת ישראל', ['מדינת', 'ישראל']],
    ['👍🏽 \ud83d …', []],
    ['', []],
  ])('of %j', (content, expected) => {
    expect(texts(content)).toEqual(expected)
  })

  it('are slices of the text, in order, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (content) => {
        let end = 0
        for (const word of words(content)) {
          expect(content.slice(word.start, word.end)).toBe(word.text)
          expect(word.start).toBeGreaterThanOrEqual(end)
          end = word.end
        }
      }),
    )
  })

  it('of 200,000 characters come without a stall', () => {
    const startedAt = performance.now()
    words('東京タワーは高い。'.repeat(22_000))
    words('a'.repeat(200_000))
    words("a-'".repeat(66_000))
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })
})

describe('phrases', () => {
  it('cross no punctuation and bridge over no stop word', () => {
    expect(of('The wind farm, off the coast. Great coast', 2, new Set(['the', 'off']))).toEqual([
      'wind',
      'wind farm',
      'farm',
      'coast',
      'Great',
      'Great coast',
    ])
  })

  it('are counted in any case and spelled as first seen', () => {
    const found = phrases('Solar Panels and solar panels', { minWords: 2, maxWords: 2, stopWords: new Set(['and']) })
    expect(found).toEqual([{ key: 'solar panels', text: 'Solar Panels', count: 2 }])
  })

  it('leave single letters out but keep single Han characters', () => {
    expect(of('a 茶 b tea', 1)).toEqual(['茶', 'tea'])
  })

  it('are slices of the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (content) => {
        for (const phrase of of(content, 3)) expect(content).toContain(phrase)
      }),
    )
  })
})

describe('occurrences', () => {
  it('finds wanted phrases of any length in any case, in the order wanted', () => {
    const found = occurrences('We put Solar  Panels on the roof.', ['ROOF', 'solar panels', 'football', '', 'roof'])
    expect(found.map(({ text }) => text)).toEqual(['roof', 'Solar  Panels'])
  })
})

describe('stopWords', () => {
  it('knows languages by code', () => {
    expect(stopWords('en')?.has('the')).toBe(true)
    expect(stopWords('de')?.has('und')).toBe(true)
    expect(stopWords('klingon')).toBeUndefined()
    expect(stopWords('constructor')).toBeUndefined()
    expect(STOP_WORD_LANGUAGES).toContain('es')
  })
})
