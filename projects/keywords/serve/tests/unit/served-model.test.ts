/** The model over an encoder that the test makes: no artifact. */

import { VectorCache } from '@servery/onnx'
import { itemsOf, type PredictBody } from '@servery/serving'
import { cpuTimeMs } from '@servery/testkit'
import fc from 'fast-check'
import { MAX_CANDIDATES } from '../../src/keyphrases/candidates.ts'
import { createExtractor } from '../../src/keyphrases/extract.ts'
import { dot } from '../../src/keyphrases/select.ts'
import type { Output } from '../../src/schemas.ts'
import servedModel from '../../src/served-model.ts'

/** Unit vectors that depend on the letters of a text alone. */
class LetterEncoder {
  texts: string[] = []

  async encode(texts: readonly string[]) {
    this.texts.push(...texts)
    const vectors = texts.map((text) => {
      const vector = new Float32Array(16)
      for (const letter of text.toLowerCase()) vector[letter.charCodeAt(0) % 16]! += 1
      const length = Math.hypot(...vector) || 1
      return vector.map((value) => value / length)
    })
    return { vectors, truncated: texts.map((text) => text.length > 1_000) }
  }
}

const setUp = (maxEntries = 100) => {
  const encoder = new LetterEncoder()
  const extract = createExtractor(encoder, new VectorCache({ model: 'm', version: 'v', maxEntries }))
  const answers = async (body: PredictBody) => {
    const results = await extract(itemsOf(servedModel as never, body) as never)
    return results.map((result) => {
      if ('error' in result) throw new Error(result.error.detail)
      return result.output
    })
  }
  const keywords = async (body: PredictBody) =>
    (await answers(body)).map(({ predicted_document }) => predicted_document.map((k) => k.keyword_token))
  return { encoder, extract, answers, keywords }
}
const documents = (...texts: string[]) => texts.map((document) => ({ document }))

describe('keywords', () => {
  it.each([
    ['empty', ''],
    ['blank', ' \n\t'],
    ['punctuation only', '?! … —'],
    ['stop words only', 'The and of it.'],
    ['one letter', 'a'],
  ])('of a document that is %s are none, and it is not encoded', async (_, document) => {
    const { encoder, keywords } = setUp()
    expect(await keywords({ inputs: documents(document) })).toEqual([[]])
    expect(encoder.texts).toEqual([])
  })

  it('are none when none are asked for', async () => {
    expect(await setUp().keywords({ configuration: { top_n: 0 }, inputs: documents('wind farm') })).toEqual([[]])
  })

  it('hold no stop word and keep the spelling of the document', async () => {
    const { keywords } = setUp()
    const [found] = await keywords({
      configuration: { keyphrase_ngram_range: [1, 2], top_n: 100 },
      inputs: documents('The Wind Farm'),
    })
    expect([...(found as string[])].sort()).toEqual(['Farm', 'Wind', 'Wind Farm'])
    const [german] = await keywords({
      configuration: { stop_words: 'de' },
      inputs: documents('Das Haus und der Garten'),
    })
    expect([...(german as string[])].sort()).toEqual(['Garten', 'Haus'])
  })

  it('count occurrences in their own document, whatever stands beside it', async () => {
    const { keywords } = setUp()
    const configuration = { min_df: 2 }
    expect(await keywords({ configuration, inputs: documents('wind wind farm', 'farm', 'farm wind') })).toEqual([
      ['wind'],
      [],
      [],
    ])
  })

  it('come from the candidates that the document holds, at any length and in any case', async () => {
    const { keywords } = setUp()
    const configuration = { candidates: ['WIND FARM', 'football'] }
    expect(await keywords({ configuration, inputs: documents('A wind farm.') })).toEqual([['wind farm']])
  })

  it('are pulled by seeds, one list for all or one list each', async () => {
    const { keywords } = setUp()
    const text = 'aaaa bbbb'
    const pulled = await keywords({
      configuration: { seed_keywords: [['a'], ['b']], top_n: 1 },
      inputs: documents(text, text),
    })
    expect(pulled).toEqual([['aaaa'], ['bbbb']])
    expect(await keywords({ configuration: { seed_keywords: ['b'], top_n: 1 }, inputs: documents(text) })).toEqual([
      ['bbbb'],
    ])
  })

  it('are scored against three parts of the document and one of the mean of the seeds', async () => {
    const seeds = ['sea', 'coast']
    const { encoder, answers } = setUp()
    const { vectors } = await encoder.encode(['wind', ...seeds])
    const [document, a, b] = vectors as [Float32Array, Float32Array, Float32Array]
    const pulled = document.map((value, i) => 3 * value + (a[i]! + b[i]!) / 2)
    const cosine = dot(document, pulled) / Math.hypot(...pulled)
    const [answer] = await answers({ configuration: { seed_keywords: seeds }, inputs: documents('wind') })
    expect(answer!.predicted_document[0]!.keyword_score).toBeCloseTo(cosine, 3)
  })

  it('encode a phrase once for all documents and requests', async () => {
    const { encoder, keywords } = setUp()
    await keywords({ inputs: documents('wind farm', 'wind park') })
    await keywords({ inputs: documents('wind') })
    expect(encoder.texts.filter((text) => text === 'wind')).toHaveLength(2) // the phrase once, the third document once
  })

  it('are right when the cache is smaller than one document', async () => {
    const text = 'alpha beta gamma delta epsilon'
    expect(await setUp(1).keywords({ inputs: documents(text) })).toEqual(
      await setUp().keywords({ inputs: documents(text) }),
    )
  })

  it('say that a document with too many phrases was cut', async () => {
    const { extract } = setUp()
    const document = Array.from({ length: MAX_CANDIDATES + 1 }, (_, i) => `w${i.toString(36)}x`).join(' ')
    const [result] = await extract(itemsOf(servedModel as never, { inputs: documents(document) }) as never)
    expect(result).toMatchObject({ truncated: true })
  })

  /** Every keyword a slice of its document, every score in range, the list sorted, phrases distinct. */
  const checkAnswers = (texts: readonly string[], answers: readonly Output[]) => {
    expect(answers).toHaveLength(texts.length)
    for (const [i, { predicted_document: found }] of answers.entries()) {
      for (const { keyword_token, keyword_score } of found) {
        expect(texts[i]!.includes(keyword_token)).toBe(true)
        expect(Math.abs(keyword_score)).toBeLessThanOrEqual(1)
      }
      const scores = found.map(({ keyword_score }) => keyword_score)
      expect(scores).toEqual([...scores].sort((a, b) => b - a))
      expect(new Set(found.map(({ keyword_token }) => keyword_token)).size).toBe(found.length)
    }
  }
  const longest = { keyphrase_ngram_range: [1, 3], stop_words: null, top_n: 100 }

  it('are slices of any document with scores in range, the same alone as in a batch, however chosen', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc
        .array(fc.constantFrom('wind', 'Wind', 'don’t', ' ', '\n', ', ', '-', '3.14', '風力', 'رياح', '👍🏽', '\ud83d'))
        .map((of) => of.join('')),
    )
    const chosen = fc.record({
      use_mmr: fc.boolean(),
      use_maxsum: fc.boolean(),
      diversity: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), chosen, async (texts, how) => {
        const configuration = { ...longest, top_n: 3, ...how }
        const together = await setUp().answers({ configuration, inputs: documents(...texts) })
        checkAnswers(texts, together)
        for (const [i, document] of texts.entries()) {
          expect(await setUp().answers({ configuration, inputs: documents(document) })).toEqual([together[i]])
        }
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['emoji', 'Great 👍🏽👩‍👩‍👧 turbines 🌊!', ['Great', 'turbines']],
    ['a lone surrogate', 'wind\ud83dfarm \udc4d', ['farm', 'wind']],
    ['mixed scripts', 'Ветер 風力発電 wind', ['Ветер', 'wind', '発電', '風力']],
    ['right to left', 'طاقة الرياح, אנרגיה', ['אנרגיה', 'الرياح', 'طاقة']],
  ])('of a document with %s are its words', async (_, document, expected) => {
    const [found] = await setUp().keywords({ configuration: { stop_words: null }, inputs: documents(document) })
    expect([...(found as string[])].sort()).toEqual([...expected].sort())
  })

  it.each([
    ['words', 'wind farm turbines '.repeat(10_526)],
    ['one word', 'x'.repeat(200_000)],
    ['ideographs', '東京タワーは高い'.repeat(25_000)],
    ['distinct words', Array.from({ length: 40_000 }, (_, i) => `w${i.toString(36)}`).join(' ')],
    ['white space', `wind${' '.repeat(199_990)}!farm`],
  ])('of 200,000 characters come without a stall: %s', async (_, document) => {
    const startedAt = cpuTimeMs()
    const configuration = { ...longest, use_mmr: true }
    checkAnswers([document], await setUp().answers({ configuration, inputs: documents(document) }))
    expect(cpuTimeMs() - startedAt).toBeLessThan(8_000) // some 0.5 s; what was quadratic took over 10
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['fewer candidates than keywords', { use_maxsum: true, nr_candidates: 4 }, 'nr_candidates'],
    ['a range that runs down', { keyphrase_ngram_range: [3, 1] }, 'keyphrase_ngram_range'],
    ['an unknown language', { stop_words: 'klingon' }, 'stop_words'],
    ['another number of seed lists', { seed_keywords: [['a'], ['b']] }, 'seed_keywords'],
  ])('refuse %s', (_, configuration, field) => {
    const refusal = expect(() => itemsOf(servedModel as never, { configuration, inputs: documents('a') }))
    refusal.toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        violations: [expect.objectContaining({ pointer: `/configuration/${field}` })],
      }),
    )
  })

  const cost = (document: string, configuration = {}) => {
    const [item] = itemsOf(servedModel as never, { configuration, inputs: documents(document) })
    return servedModel.cost!(item as never)
  }

  it('cost more for longer documents and wider ranges of n', () => {
    const [short, long] = ['a'.repeat(100), 'a'.repeat(1_000)] as const
    expect(cost(long)).toBeGreaterThan(cost(short))
    expect(cost(long, { keyphrase_ngram_range: [1, 3] })).toBeGreaterThan(cost(long))
  })

  it('cost no more than what is read and embedded of the longest document', () => {
    expect(cost('a'.repeat(200_000))).toBeLessThan(6_000)
  })
})
