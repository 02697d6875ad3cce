/** From sentences to rows of tokens and back, with a classifier whose words are runs of letters and whose tokens are letters. */
import type { TokenRow } from '@servery/onnx'
import { Gazetteer } from '../../src/entities/gazetteer.ts'
import { createTagger } from '../../src/entities/tagger.ts'

const SIZES = { window_tokens: 8, overlap_tokens: 2 }
const settings = { labels: ['O', 'B-X', 'I-X'], lists: [], cls_id: 101, sep_id: 102, ...SIZES }

const idsOf = (word: string) => Array.from(word, (letter) => letter.charCodeAt(0))
const wordAt = ({ 0: word, index }: RegExpExecArray) => ({ ids: idsOf(word), start: index, end: index + word.length })

/** `calls` holds the rows of every call of the classifier. The logits of a token begin with its id. */
function setUp() {
  const calls: (readonly TokenRow[])[] = []
  const classifier = {
    words: async (texts: readonly string[]) => texts.map((text) => Array.from(text.matchAll(/\S+/g), wordAt)),
    async classify(rows: readonly TokenRow[]) {
      calls.push(rows)
      return rows.map(({ input_ids }) => Float32Array.from(input_ids.flatMap((id) => [id, 0, 0])))
    },
  }
  return { tagger: createTagger(classifier, new Gazetteer([], []), settings), calls }
}

it('answers for the first token of every word, across windows, in order', async () => {
  const { tagger, calls } = setUp()
  const tagged = await tagger.tag(['ab c de', '', 'f g h i j k l m n', 'o'])
  expect(tagged.map(({ logits }) => logits.map(([id]) => id))).toEqual(['acd', '', 'fghijklmn', 'o'].map(idsOf))
  expect(calls).toHaveLength(1)
  for (const { input_ids } of calls[0]!) expect(input_ids.length).toBeLessThanOrEqual(SIZES.window_tokens)
})

it('gives every token the feature of its word and the special ones none', async () => {
  const { tagger, calls } = setUp()
  await tagger.tag(['ab C'])
  expect(calls).toEqual([[{ input_ids: [101, 97, 98, 67, 102], feature_ids: [0, 1, 1, 3, 0] }]])
})
