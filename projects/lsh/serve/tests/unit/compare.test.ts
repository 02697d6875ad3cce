import { bandsOf } from '@servery/hashing'
import { Value } from 'typebox/value'
import { type Compared, type Comparison, type Configuration, configuration } from '../../src/schemas.ts'
import { compare } from '../../src/signing/compare.ts'
import { createParameters } from '../../src/signing/parameters.ts'
import { sign, wordsOf } from '../../src/signing/sign.ts'

const parametersOf = createParameters()
const settings = (own: Partial<Configuration> = {}) =>
  Value.Default(configuration, { language: null, shingle_list: 2, ...own }) as Configuration

function compared(inputs: Compared, own: Partial<Configuration> = {}): Comparison {
  const all = settings(own)
  const result = compare(inputs, all, parametersOf(all.threshold, all.num_perm))
  if (!('output' in result)) throw new Error(result.error.detail)
  return result.output
}

function signatureOf(content: string, own: Partial<Configuration> = {}): Compared[number] {
  const all = settings(own)
  const { permutations, bands } = parametersOf(all.threshold, all.num_perm)
  const values = sign(wordsOf(content, all), all.shingle_list, permutations)
  return { signature: values ? bandsOf(values, bands) : null, signature_algorithm: 'minhash-words/1' }
}

const text = (content: string) => ({ content })
/** Words 0 to n: its 2-shingles are n. */
const count = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `w${from + i}`).join(' ')

it('answers every pair once, in order', () => {
  const { pairs } = compared([text('a b'), text('b c'), text('a b')])
  expect(pairs.map(({ first, second, exact_jaccard, candidate }) => [first, second, exact_jaccard, candidate])).toEqual(
    [
      [0, 1, 0, false],
      [0, 2, 1, true],
      [1, 2, 0, false],
    ],
  )
})

it('counts shingles once for the exact similarity', () => {
  // {a b, b a} and {a b, b a, a c}
  expect(compared([text('a b a b a'), text('a b a c')]).pairs[0]!.exact_jaccard).toBeCloseTo(2 / 3, 12)
})

it('estimates near the exact similarity', () => {
  const { pairs } = compared([text(count(0, 300)), text(count(100, 400))], { num_perm: 1_024 })
  expect(pairs[0]!.exact_jaccard).toBe(0.5)
  expect(Math.abs(pairs[0]!.estimated_jaccard! - 0.5)).toBeLessThan(0.06)
})

it('compares a text as its signature would be, only without the exact similarity', () => {
  const [a, b] = [count(0, 90), count(10, 100)]
  const [ofTexts] = compared([text(a), text(b)]).pairs
  expect(ofTexts!.exact_jaccard).toBe(0.8)
  expect(compared([signatureOf(a), text(b)]).pairs[0]).toEqual({ ...ofTexts, exact_jaccard: null })
  expect(compared([signatureOf(a), signatureOf(b)]).pairs[0]).toEqual({ ...ofTexts, exact_jaccard: null })
})

it('knows nothing of texts too short for a signature, and they are no candidates', () => {
  const { pairs } = compared([text('a'), text('a'), signatureOf('a')])
  const unknown = { estimated_jaccard: null, exact_jaccard: null, candidate: false }
  expect(pairs).toEqual([0, 0, 1].map((first, i) => ({ first, second: i === 0 ? 1 : 2, ...unknown })))
})

it('refuses a signature that the configuration cannot have made, and says which and what it makes', () => {
  const all = settings()
  const inputs = [text('a b c'), signatureOf('a b c', { num_perm: 64 })]
  expect(compare(inputs, all, parametersOf(all.threshold, all.num_perm))).toEqual({
    error: { code: 'INVALID_INPUT', detail: expect.stringContaining('inputs/1') },
  })
})
