/** Every text of `test_files/parity.json` has the tokens that the Python reference has. */

/** Tokens of one text, as its case in `parity.json` holds them. */
export interface Tokens {
  readonly ids: readonly number[]
  /** `[start, end)` in UTF-16 units of the text, one per id; `[0, 0]` for special tokens. */
  readonly offsets: readonly (readonly [start: number, end: number])[]
}

/**
 * @param tokensOf one result per text: `{ids, offsets}`, or other fields that the cases have too, such as `{words}`. Called
 *   only while tests run, so that it may use a tokeniser that a `beforeAll` opens.
 */
export function describeTokenParity<Found extends object>(
  cases: readonly ({ readonly text: string } & NoInfer<Found>)[],
  tokensOf: (texts: readonly string[]) => Promise<readonly Found[]>,
): void {
  const expectTokens = async (some: typeof cases) => {
    const found = await tokensOf(some.map(({ text }) => text))
    expect(found).toHaveLength(some.length)
    expect(some.map((parity, i) => ({ ...parity, ...found[i] }))).toEqual(some)
  }

  describe('the tokens of the reference', () => {
    it.each([...cases.entries()])('case %i', (_, parity) => expectTokens([parity]))
    it('all cases at once', () => expectTokens(cases))
  })
}
