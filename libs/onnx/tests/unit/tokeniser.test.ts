import { createTokeniser, type TokenizerLibrary } from '../../src/tokeniser.ts'

/**
 * One token per whitespace-separated word, its id the word's length; offsets in code points as the Rust library counts
 * them. Records the texts that it was given.
 */
function fakeLibrary() {
  const seen: string[] = []
  const library: TokenizerLibrary = {
    async encodeBatch(texts) {
      seen.push(...texts)
      return texts.map((text) => {
        const words = [...text.matchAll(/\S+/g)]
        const codePoints = (end: number) => [...text.slice(0, end)].length
        const span = (word: RegExpExecArray) => [codePoints(word.index), codePoints(word.index + word[0].length)]
        return {
          getIds: () => [101, ...words.map(([word]) => word.length), 102],
          getWordIds: () => [null, ...words.map((_, i) => i), null],
          getOffsets: () => [[0, 0], ...words.map(span), [0, 0]],
        }
      })
    },
  }
  return { tokeniser: createTokeniser(library), seen }
}

describe('createTokeniser', () => {
  it('keeps the first tokens between the two special ones', async () => {
    const [text] = await fakeLibrary().tokeniser.encode(['a bb ccc dddd'], 5)
    expect(text!.ids).toEqual([101, 1, 2, 3, 102])
    expect(text!.truncated).toBe(true)
    expect(text!.offsets()).toEqual([
      [0, 0],
      [0, 1],
      [2, 4],
      [5, 8],
      [0, 0],
    ])
  })

  it('leaves a text that just fits as it is', async () => {
    const [text] = await fakeLibrary().tokeniser.encode(['a bb ccc'], 5)
    expect(text).toMatchObject({ ids: [101, 1, 2, 3, 102], truncated: false })
  })

  it('counts offsets in UTF-16 units', async () => {
    const [text] = await fakeLibrary().tokeniser.encode(['\u{1f600} b'], 5)
    expect(text!.offsets()).toEqual([
      [0, 0],
      [0, 2],
      [3, 4],
      [0, 0],
    ])
  })

  it('reads the beginning of a long text only', async () => {
    const { tokeniser, seen } = fakeLibrary()
    const [text] = await tokeniser.encode(['word '.repeat(40_000)], 10)
    expect(text).toMatchObject({ ids: [101, ...Array(8).fill(4), 102], truncated: true })
    expect(seen.map((prefix) => prefix.length)).toEqual([80])
  })

  it('reads on where the words are too long to fill the tokens', async () => {
    const long = 'x'.repeat(60)
    const [text] = await fakeLibrary().tokeniser.encode([`a ${long} b c d e f g`], 6)
    expect(text).toMatchObject({ ids: [101, 1, 60, 1, 1, 102], truncated: true })
  })

  it('does not call a text truncated for the blanks at its end', async () => {
    const [text] = await fakeLibrary().tokeniser.encode([`a b${' '.repeat(500)}`], 4)
    expect(text).toMatchObject({ ids: [101, 1, 1, 102], truncated: false })
  })

  it('never cuts a surrogate pair', async () => {
    const { tokeniser, seen } = fakeLibrary()
    await tokeniser.encode([`x${'\u{1f600}'.repeat(500)}`], 4)
    expect(seen.length).toBeGreaterThan(1)
    expect(seen.every((prefix) => !/[\ud800-\udbff]$/.test(prefix))).toBe(true)
  })

  it('keeps the order of texts that need different looks', async () => {
    const texts = ['a', 'y'.repeat(400), 'bb', `ccc ${' '.repeat(90)}dddd`]
    const encoded = await fakeLibrary().tokeniser.encode(texts, 6)
    expect(encoded.map((text) => text.ids)).toEqual([
      [101, 1, 102],
      [101, 400, 102],
      [101, 2, 102],
      [101, 3, 4, 102],
    ])
  })

  it('refuses a limit that leaves no room for a text', async () => {
    await expect(fakeLibrary().tokeniser.encode(['a'], 2)).rejects.toThrow(RangeError)
  })
})

describe('words', () => {
  it('are all words of a text with their tokens, places in UTF-16 units', async () => {
    const library: TokenizerLibrary = {
      encodeBatch: async () => [
        {
          getIds: () => [101, 7, 8, 9, 102],
          getWordIds: () => [null, 0, 1, 1, null],
          getOffsets: () => [
            [0, 0],
            [0, 1],
            [2, 4],
            [4, 5],
            [0, 0],
          ],
        },
      ],
    }
    expect(await createTokeniser(library).words(['\u{1f600} abc'])).toEqual([
      [
        { ids: [7], start: 0, end: 2 },
        { ids: [8, 9], start: 3, end: 6 },
      ],
    ])
  })

  it('asks the library nothing for no texts', async () => {
    const { tokeniser, seen } = fakeLibrary()
    expect([await tokeniser.words([]), seen]).toEqual([[], []])
  })
})
