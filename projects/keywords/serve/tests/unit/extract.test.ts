/** Keywords over an encoder that the test makes: no artifact. */
import { VectorCache } from '@servery/onnx'
import { itemsOf } from '@servery/serving'
import { cpuTimeMs, succeeded } from '@servery/testkit'
import fc from 'fast-check'
import { MAX_CANDIDATES } from '../../src/keyphrases/candidates.ts'
import { createExtractor } from '../../src/keyphrases/extract.ts'
import { dot } from '../../src/keyphrases/select.ts'
import type { Output } from '../../src/schemas.ts'
import servedModel from '../../src/served-model.ts'
import { checkKeywords } from '../contract.ts'

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
    return { vectors, truncated: texts.map((text) => text.length > 1_000), tokens: texts.map((text) => text.length) }
  }
}

/** An extractor with an empty cache. */
function setUp(maxEntries = 100) {
  const encoder = new LetterEncoder()
  const extract = createExtractor(encoder, new VectorCache({ model: 'm', version: 'v', maxEntries }))
  const results = async (documents: readonly string[], configuration = {}) => {
    const inputs = documents.map((document) => ({ document }))
    return succeeded(await extract(itemsOf(servedModel, { configuration, inputs }) as never))
  }
  const answers = async (documents: readonly string[], configuration = {}) =>
    (await results(documents, configuration)).map(({ output }) => output)
  const keywords = async (documents: readonly string[], configuration = {}) => {
    const found = await answers(documents, configuration)
    return found.map(({ predicted_document }) => predicted_document.map(({ keyword_token }) => keyword_token))
  }
  return { encoder, results, answers, keywords }
}

describe('keywords', () => {
  it.each([
    ['empty', ''],
    ['blank', ' \n\t'],
    ['punctuation only', '?! … —'],
    ['stop words only', 'The and of it.'],
    ['one letter', 'a'],
  ])('of a document that is %s are none, and it is not encoded', async (_, document) => {
    const { encoder, keywords } = setUp()
    expect(await keywords([document])).toEqual([[]])
    expect(encoder.texts).toEqual([])
  })

  const all = { stop_words: null }
  it.each<[string, string, Record<string, unknown>, string[]]>([
    ['none when none are asked for', 'wind farm', { top_n: 0 }, []],
    [
      'without stop words, in the spelling of the document',
      'The Wind Farm',
      { keyphrase_ngram_range: [1, 2], top_n: 100 },
      ['Farm', 'Wind', 'Wind Farm'],
    ],
    ['without stop words of another language', 'Das Haus und der Garten', { stop_words: 'de' }, ['Garten', 'Haus']],
    [
      'the candidates that it holds, at any length and in any case',
      'A wind farm.',
      { candidates: ['WIND FARM', 'football'] },
      ['wind farm'],
    ],
    ['pulled by seeds', 'aaaa bbbb', { seed_keywords: ['b'], top_n: 1 }, ['bbbb']],
    ['words beside emoji', 'Great 👍🏽👩‍👩‍👧 turbines 🌊!', all, ['Great', 'turbines']],
    ['words beside a lone surrogate', 'wind\ud83dfarm \udc4d', all, ['farm', 'wind']],
    ['words of mixed scripts', 'Ветер 風力発電 wind', all, ['Ветер', 'wind', '発電', '風力']],
    ['words from right to left', 'طاقة الرياح, אנרגיה', all, ['אנרגיה', 'الرياح', 'طاقة']],
  ])('of a document are %s', async (_, document, configuration, expected) => {
    const [found] = (await setUp().keywords([document], configuration)) as [string[]]
    expect(found.toSorted()).toEqual(expected.toSorted())
  })

  it('count occurrences in their own document, whatever stands beside it', async () => {
    const found = await setUp().keywords(['wind wind farm', 'farm', 'farm wind'], { min_df: 2 })
    expect(found).toEqual([['wind'], [], []])
  })

  it('are pulled by one list of seeds each', async () => {
    const text = 'aaaa bbbb'
    const found = await setUp().keywords([text, text], { seed_keywords: [['a'], ['b']], top_n: 1 })
    expect(found).toEqual([['aaaa'], ['bbbb']])
  })

  it('are scored against three parts of the document and one of the mean of the seeds', async () => {
    const seeds = ['sea', 'coast']
    const { encoder, answers } = setUp()
    const { vectors } = await encoder.encode(['wind', ...seeds])
    const [document, a, b] = vectors as [Float32Array, Float32Array, Float32Array]
    const pulled = document.map((value, i) => 3 * value + (a[i]! + b[i]!) / 2)
    const cosine = dot(document, pulled) / Math.hypot(...pulled)
    const [found] = await answers(['wind'], { seed_keywords: seeds })
    expect(found!.predicted_document[0]!.keyword_score).toBeCloseTo(cosine, 3)
  })

  it('encode a phrase once for all documents and requests', async () => {
    const { encoder, keywords } = setUp()
    await keywords(['wind farm', 'wind park'])
    await keywords(['wind'])
    expect(encoder.texts.filter((text) => text === 'wind')).toHaveLength(2) // the phrase once, the third document once
  })

  it('are right when the cache is smaller than one document', async () => {
    const documents = ['alpha beta gamma delta epsilon']
    expect(await setUp(1).keywords(documents)).toEqual(await setUp().keywords(documents))
  })

  it('say that a document with too many phrases was cut', async () => {
    const document = Array.from({ length: MAX_CANDIDATES + 1 }, (_, i) => `w${i.toString(36)}x`).join(' ')
    expect(await setUp().results([document])).toMatchObject([{ truncated: true, usage: { tokens: document.length } }])
  })

  /** Keywords as each answer must hold them, the list sorted, phrases distinct. */
  const checkAnswers = (documents: readonly string[], answers: readonly Output[]) => {
    expect(answers).toHaveLength(documents.length)
    for (const [i, answer] of answers.entries()) {
      checkKeywords(answer, documents[i]!)
      const { predicted_document: found } = answer
      const scores = found.map(({ keyword_score }) => keyword_score)
      expect(scores).toEqual(scores.toSorted((a, b) => b - a))
      expect(new Set(found.map(({ keyword_token }) => keyword_token)).size).toBe(found.length)
    }
  }
  const longest = { keyphrase_ngram_range: [1, 3], stop_words: null, top_n: 100 }

  it('are slices of any document with scores in range, the same alone as in a batch, however chosen', async () => {
    const parts = ['wind', 'Wind', 'don’t', ' ', '\n', ', ', '-', '3.14', '風力', 'رياح', '👍🏽', '\ud83d']
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(fc.constantFrom(...parts)).map((of) => of.join('')),
    )
    const chosen = fc.record({
      use_mmr: fc.boolean(),
      use_maxsum: fc.boolean(),
      diversity: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), chosen, async (documents, how) => {
        const configuration = { ...longest, top_n: 3, ...how }
        const together = await setUp().answers(documents, configuration)
        checkAnswers(documents, together)
        for (const [i, document] of documents.entries())
          expect(await setUp().answers([document], configuration)).toEqual([together[i]])
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['words', 'wind farm turbines '.repeat(10_526)],
    ['one word', 'x'.repeat(200_000)],
    ['ideographs', '東京タワーは高い'.repeat(25_000)],
    ['distinct words', Array.from({ length: 40_000 }, (_, i) => `w${i.toString(36)}`).join(' ')],
    ['white space', `wind${' '.repeat(199_990)}!farm`],
  ])('of 200,000 characters come without a stall: %s', async (_, document) => {
    const startedAt = cpuTimeMs()
    checkAnswers([document], await setUp().answers([document], { ...longest, use_mmr: true }))
    expect(cpuTimeMs() - startedAt).toBeLessThan(8_000) // some 0.5 s; what was quadratic took over 10
  })
})
