import { loadInProcess, projectUnderTest } from '@servery/testkit'
import type { Comparison } from '../../src/schemas.ts'
import servedModel from '../../src/served-model.ts'

const model = await loadInProcess(servedModel, projectUnderTest(import.meta.dirname))
const answer = async (operation: string, input: unknown, num_perm = 128) =>
  (await model.answer({ operation, configuration: { language: null, shingle_list: 2, num_perm }, inputs: [input] }))[0]

/** Compares texts and signatures. */
async function compared(inputs: unknown[], num_perm?: number): Promise<Comparison['pairs']> {
  const objects = inputs.map((input) => (typeof input === 'string' ? { content: input } : input))
  return ((await answer('compare', objects, num_perm)) as Comparison).pairs
}

const signed = (content: string, num_perm?: number) => answer('predict', { content }, num_perm)
/** Words `from` to `to`, all different: they make `to - from` shingles. */
const words = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `w${from + i}`).join(' ')

it('answers every pair once, in order', async () => {
  const different = { estimated_jaccard: 0, exact_jaccard: 0, candidate: false }
  const equal = { estimated_jaccard: 1, exact_jaccard: 1, candidate: true }
  expect(await compared(['a b', 'b c', 'a b'])).toEqual([
    { first: 0, second: 1, ...different },
    { first: 0, second: 2, ...equal },
    { first: 1, second: 2, ...different },
  ])
})

it('knows nothing of texts too short for a signature, and they are no candidates', async () => {
  const unknown = { first: 0, second: 1, estimated_jaccard: null, exact_jaccard: null, candidate: false }
  for (const other of ['a', await signed('a')]) expect(await compared(['a', other])).toEqual([unknown])
})

it.each([
  ['counts shingles once: {a b, b a} and {a b, b a, a c}', 'a b a b a', 'a b a c', 2 / 3],
  ['estimates near the exact similarity', words(0, 300), words(100, 400), 0.5],
])('%s', async (_, first, second, similarity) => {
  const [pair] = await compared([first, second], 1_024)
  expect(pair?.exact_jaccard).toBeCloseTo(similarity, 12)
  expect(pair?.estimated_jaccard).toBeCloseTo(similarity, 1)
})

it('compares a text as its signature would be, only without the exact similarity', async () => {
  const [a, b] = [words(0, 90), words(10, 100)]
  const [pair] = await compared([a, b])
  expect(pair?.exact_jaccard).toBe(0.8)
  expect(await compared([await signed(a), b])).toEqual([{ ...pair, exact_jaccard: null }])
  expect(await compared([await signed(a), await signed(b)])).toEqual([{ ...pair, exact_jaccard: null }])
})

it('refuses a signature that the configuration cannot have made, and says which', async () => {
  const refusal = { code: 'INVALID_INPUT', message: expect.stringContaining('inputs/1') }
  await expect(compared(['a b c', await signed('a b c', 64)])).rejects.toMatchObject(refusal)
})

it('never compares signatures of another algorithm', async () => {
  const foreign = { signature: null, signature_algorithm: 'minhash-segments/1' }
  const violations = [expect.objectContaining({ pointer: '/inputs/0/1/signature_algorithm' })]
  await expect(compared(['a', foreign])).rejects.toMatchObject({ code: 'INVALID_INPUT', violations })
})
