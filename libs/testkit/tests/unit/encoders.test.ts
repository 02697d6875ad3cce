import { describeBatchInvariance, describeTokenParity } from '../../src/index.ts'

/** How often each of eight groups of letters stands in a text: what stands beside the text changes nothing. */
async function lettersOf(texts: readonly string[]): Promise<Float32Array[]> {
  return texts.map((text) => {
    const counts = new Float32Array(8)
    for (let i = 0; i < text.length; i++) counts[text.charCodeAt(i) % 8]! += 1
    return counts
  })
}

describeBatchInvariance(lettersOf)
describeBatchInvariance(lettersOf, ['one', 'two', 'three'])

const cases = ['a', 'bc'].map((text) => ({ text, length: text.length, vector: [0.5] }))
describeTokenParity(cases, async (texts) => texts.map(({ length }) => ({ length })))
