/** The model over an encoder that the test makes: no artifact. */
import { VectorCache } from '@servery/onnx'
import { itemsOf, type PredictBody } from '@servery/serving'
import fc from 'fast-check'
import { MAX_CANDIDATES } from '../../src/keyphrases/candidates.ts'
import { createExtractor } from '../../src/keyphrases/extract.ts'
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
  const keywords = async (body: PredictBody) => {
    const results = await extract(itemsOf(servedModel as never, body) as never)
    return results.map((result) =>
      'output' in result ? result.output.predicted_document.map((k) => k.keyword_token) : result,
    )
  }
  return { encoder, extract, keywords }
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

  it('are slices of any document, with finite scores, alone as in a batch', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { minLength: 1, maxLength: 5 }),
        async (texts) => {
          const configuration = { keyphrase_ngram_range: [1, 3], stop_words: null, top_n: 100 }
          const together = await setUp().keywords({ configuration, inputs: documents(...texts) })
          for (const [i, document] of texts.entries()) {
            for (const phrase of together[i] as string[]) expect(document).toContain(phrase)
            expect(await setUp().keywords({ configuration, inputs: documents(document) })).toEqual([together[i]])
          }
        },
      ),
      { numRuns: 60 },
    )
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

  it('cost more for longer documents, and little to estimate', () => {
    const cost = (document: string) =>
      servedModel.cost!(itemsOf(servedModel as never, { inputs: documents(document) })[0] as never)
    expect(cost('a'.repeat(1_000))).toBeGreaterThan(cost('a'.repeat(100)))
    expect(cost('a'.repeat(200_000))).toBeLessThan(60_000)
  })
})
