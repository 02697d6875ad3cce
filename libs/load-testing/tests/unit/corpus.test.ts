import { corpus } from '../../src/workload/corpus.ts'

const COUNT = 1_000
const wordsOf = (text: string) => text.toLowerCase().replaceAll('.', '').split(' ')

it('has the same texts for the same seed, and others for another one', () => {
  expect(corpus(COUNT, 7)).toEqual(corpus(COUNT, 7))
  expect(corpus(COUNT, 7)).not.toEqual(corpus(COUNT, 8))
})

it('has texts of 3 to 200 words, half of them below 24', () => {
  const lengths = corpus(COUNT, 7)
    .map((text) => wordsOf(text).length)
    .sort((a, b) => a - b)
  expect([lengths[0], lengths.at(-1)]).toEqual([3, 200])
  expect(Math.abs((lengths[COUNT / 2] as number) - 24)).toBeLessThan(3)
})

it('has new content: most pairs of content words come once', () => {
  const pairs = corpus(COUNT, 7).flatMap((text) =>
    wordsOf(text)
      .filter((word) => word.length > 4)
      .map((word, i, words) => `${words[i - 1]} ${word}`),
  )
  expect(new Set(pairs).size / pairs.length).toBeGreaterThan(0.7)
})
