import { cpuTimeMs } from '@servery/testkit'
import fc from 'fast-check'
import { occurrences } from '../../src/occurrences.ts'
import { phrases } from '../../src/phrases.ts'
import { STOP_WORD_LANGUAGES, stopWords } from '../../src/stop-words.ts'
import { words } from '../../src/words.ts'

/** What was quadratic took over ten seconds; all of it takes a few hundred milliseconds now. */
const STALL_MS = 4_000

const none = new Set<string>()
const texts = (content: string) => words(content).map((word) => word.text)
const of = (content: string, maxWords: number, stop: ReadonlySet<string> = none) =>
  phrases(content, { minWords: 1, maxWords, stopWords: stop }).map((phrase) => phrase.text)

describe('words', () => {
  it.each([
    ["L'école naïve, don't stop", ["L'école", 'naïve', "don't", 'stop']],
    ['state-of-the-art -- dash', ['state-of-the-art', 'dash']],
    ['3.14 of 2,000 in COVID-19, 20.', ['3.14', 'of', '2,000', 'in', 'COVID-19', '20']],
    ['می\u200cخواهم Schiff\u00adfahrt', ['می\u200cخواهم', 'Schiff\u00adfahrt']],
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

  it.each([
    ['no punctuation between ideographs', '東京タワーは高い', 3],
    ['no spaces in Thai', 'สวัสดีชาวโลก', 3],
  ])('are the same in a long run as in a short one: %s', (_, unit, perUnit) => {
    const found = words(unit.repeat(1_000))
    expect(found).toHaveLength(perUnit * 1_000)
    expect(found.map((word) => word.text).join('')).toBe(unit.repeat(1_000))
  })

  it.each([
    ['ideographs', '東京タワーは高い'],
    ['Thai', 'สวัสดีชาวโลก'],
    ['hyphens', 'a-'],
    ['half joins', "a-'"],
  ])('of 200,000 characters without a space come without a stall: %s', (_, unit) => {
    const startedAt = cpuTimeMs()
    words(unit.repeat(200_000 / unit.length))
    expect(cpuTimeMs() - startedAt).toBeLessThan(STALL_MS)
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

  it('are known for stop words whatever the apostrophe and the form of the accents', () => {
    expect(of('We don’t stop', 1, stopWords('en'))).toEqual([])
    expect(of('fu\u0308r Haus', 1, stopWords('de'))).toEqual(['Haus'])
  })

  it('leave out what is data, not words', () => {
    expect(of(`key ${'x'.repeat(101)} ${'a-'.repeat(60)}b end`, 2)).toEqual(['key', 'end'])
  })

  it('end at a paragraph, not at a line', () => {
    expect(of('wind\nfarm\r\n\r\noff shore', 2)).toEqual(['wind', 'wind\nfarm', 'farm', 'off', 'off shore', 'shore'])
  })

  it.each([
    ['white space before punctuation', `aa${' '.repeat(199_990)}! bb`],
    ['ideographs', '東京タワーは高い'.repeat(25_000)],
    ['distinct words', Array.from({ length: 40_000 }, (_, i) => `w${i.toString(36)}`).join(' ')],
  ])('of 200,000 characters come without a stall: %s', (_, content) => {
    const startedAt = cpuTimeMs()
    of(content, 5)
    expect(cpuTimeMs() - startedAt).toBeLessThan(STALL_MS)
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

  it('finds single letters and stop words when they are wanted, and counts overlaps', () => {
    expect(occurrences('Take the vitamin C, vitamin c', ['Vitamin C', 'the', 'vitamin'])).toEqual([
      { key: 'vitamin c', text: 'vitamin C', count: 2 },
      { key: 'the', text: 'the', count: 1 },
      { key: 'vitamin', text: 'vitamin', count: 2 },
    ])
  })

  it('agrees with a search word by word', () => {
    const phrase = fc.array(fc.constantFrom('a', 'b', 'B'), { minLength: 1, maxLength: 3 }).map((of) => of.join(' '))
    const text = fc.array(fc.constantFrom('a ', 'A ', 'b ', 'b, '), { maxLength: 12 }).map((of) => of.join(''))
    fc.assert(
      fc.property(text, fc.array(phrase, { maxLength: 5 }), (content, wanted) => {
        const counts = [...new Set(wanted.map((of) => of.toLowerCase()))].map((key) => ({
          key,
          count: [...content.toLowerCase().matchAll(new RegExp(`(?=\\b${key}\\b)`, 'g'))].length,
        }))
        expect(occurrences(content, wanted)).toMatchObject(counts.filter(({ count }) => count > 0))
      }),
    )
  })

  it('of long wanted phrases in a long text comes without a stall', () => {
    const wanted = Array.from({ length: 300 }, (_, i) => 'aa '.repeat(i + 1))
    const startedAt = cpuTimeMs()
    expect(occurrences('aa '.repeat(60_000), wanted)).toHaveLength(300)
    expect(cpuTimeMs() - startedAt).toBeLessThan(STALL_MS)
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
