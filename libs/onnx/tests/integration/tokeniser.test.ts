/** The real tokeniser library over a vocabulary of 24 tokens: see tiny-encoder/make.py. */
import path from 'node:path'
import fc from 'fast-check'
import { openTokeniser, type Tokeniser } from '../../src/tokeniser.ts'

describe('openTokeniser', () => {
  let tokeniser: Tokeniser
  beforeAll(async () => {
    tokeniser = await openTokeniser(path.join(import.meta.dirname, 'tiny-encoder', 'tokenizer.json'))
  })

  const slices = async (text: string) => {
    const [encoded] = await tokeniser.encode([text], 64)
    return encoded!.offsets().map(([start, end]) => text.slice(start, end))
  }

  it.each([
    ['words and parts of words', 'Models fast', ['', 'Model', 's', 'fast', '']],
    ['an emoji of two UTF-16 units', '\u{1f600} model', ['', '\u{1f600}', 'model', '']],
    ['a combining accent within a word', 'cafe\u0301s', ['', 'cafe\u0301'.slice(0, 4), 's', '']],
    ['a composed accent', 'CAF\u00c9.model', ['', 'CAF\u00c9', '.', 'model', '']],
    ['a capital I with a dot', '\u0130 model', ['', '\u0130', 'model', '']],
    ['Chinese without blanks', '漢字', ['', '漢', '字', '']],
    ['a lone surrogate', 'a \ud800 model', ['', 'a', 'model', '']],
    ['nothing', '', ['', '']],
  ])('gives offsets in the text as given: %s', async (_case, text, expected) => {
    expect(await slices(text)).toEqual(expected)
  })

  it('switches off the padding and truncation that the file asks for', async () => {
    const [text] = await tokeniser.encode(['a bb ccc a bb'], 64)
    expect(text).toMatchObject({ ids: [2, 12, 13, 14, 12, 13, 3], truncated: false })
  })

  it('reads a special token as one even where the first look ends within it', async () => {
    // The first look at 4 tokens is 32 units: it ends after `[MAS`.
    const [text] = await tokeniser.encode([`a${' '.repeat(27)}[MASK] bb`], 4)
    expect(text).toMatchObject({ ids: [2, 12, 4, 3], truncated: true })
  })

  it('keeps of a long text exactly the first tokens of the whole text', async () => {
    // Long words and runs of blanks: the first look at the text often does not hold enough tokens.
    const short = fc.constantFrom('a', 'abab', 'bb', '漢', '한', '\u{1f600}', '[MASK]', '\u0301', '.', ' ')
    const long = fc.constantFrom('q'.repeat(15), 'ab'.repeat(12), ' '.repeat(9), '\u200b'.repeat(20), ' [MASK] ')
    const piece = fc.oneof(short, long)
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 3, max: 9 }), async (pieces, limit) => {
        const text = pieces.join('')
        // A limit beyond the text: the library reads it whole.
        const [whole] = await tokeniser.encode([text], 1000)
        const [cut] = await tokeniser.encode([text], limit)
        const truncated = whole!.ids.length > limit
        const keep = <T>(row: readonly T[]) => (truncated ? [...row.slice(0, limit - 1), row.at(-1)!] : row)
        expect(cut!.truncated).toBe(truncated)
        expect(cut!.ids).toEqual(keep(whole!.ids))
        expect(cut!.offsets()).toEqual(keep(whole!.offsets()))
      }),
      { numRuns: 2000, seed: 7 },
    )
  })
})
