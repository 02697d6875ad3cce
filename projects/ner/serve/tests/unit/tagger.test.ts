import type { TokenRow } from '@servery/onnx'
import { Gazetteer } from '../../src/entities/gazetteer.ts'
import { createTagger, type TaggerSettings } from '../../src/entities/tagger.ts'

const SETTINGS: TaggerSettings = {
  labels: ['O', 'B-X', 'I-X'],
  lists: [],
  cls_id: 101,
  sep_id: 102,
  window_tokens: 8,
  overlap_tokens: 2,
}

/** A word a run of letters, a token a letter; every token's logits begin with its id. */
function setUp() {
  const calls: (readonly TokenRow[])[] = []
  const tagger = createTagger(
    {
      words: async (texts) =>
        texts.map((text) =>
          [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
            ids: [...word].map((letter) => letter.charCodeAt(0)),
            start: index,
            end: index + word.length,
          })),
        ),
      async classify(rows) {
        calls.push(rows)
        return rows.map((row) => Float32Array.from(row.input_ids.flatMap((id) => [id, 0, 0])))
      },
    },
    new Gazetteer([], []),
    SETTINGS,
  )
  return { tagger, calls }
}
const firsts = (logits: readonly Float32Array[]) => logits.map((row) => String.fromCharCode(row[0]!)).join('')

describe('createTagger', () => {
  it('answers for the first token of every word, across windows, in order', async () => {
    const { tagger, calls } = setUp()
    const tagged = await tagger.tag(['ab c de', '', 'f g h i j k l m n', 'o'])
    expect(tagged.map(({ logits }) => firsts(logits))).toEqual(['acd', '', 'fghijklmn', 'o'])
    expect(calls).toHaveLength(1)
    expect(calls[0]!.every((row) => row.input_ids.length <= SETTINGS.window_tokens)).toBe(true)
  })

  it('gives every token the feature of its word and the special ones none', async () => {
    const { tagger, calls } = setUp()
    await tagger.tag(['ab C'])
    expect(calls[0]).toEqual([{ input_ids: [101, 97, 98, 67, 102], feature_ids: [0, 1, 1, 3, 0] }])
  })
})
