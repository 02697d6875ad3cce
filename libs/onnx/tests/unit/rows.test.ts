import { padRows, runRows } from '../../src/rows.ts'
import type { EncoderSession, TokenBatch } from '../../src/session.ts'

describe('padRows', () => {
  it('pads every input at the end and masks the padding', () => {
    expect(
      padRows([
        { input_ids: [101, 102], feature_ids: [0, 7] },
        { input_ids: [101, 70_000, 102], feature_ids: [0, 8, 9] },
      ]),
    ).toEqual({
      feeds: {
        input_ids: new BigInt64Array([101n, 102n, 0n, 101n, 70_000n, 102n]),
        feature_ids: new BigInt64Array([0n, 7n, 0n, 0n, 8n, 9n]),
        attention_mask: new BigInt64Array([1n, 1n, 0n, 1n, 1n, 1n]),
      },
      rows: 2,
      width: 3,
    })
  })
})

describe('runRows', () => {
  /** Answers two numbers a token: its id and its feature. */
  const perToken: EncoderSession = {
    dimensions: 2,
    per: 'token',
    provider: 'cpu',
    run: async ({ feeds }: TokenBatch) =>
      new Float32Array([...feeds.input_ids!].flatMap((id, i) => [Number(id), Number(feeds.feature_ids![i])])),
    async release() {},
  }

  it('answers every token of every row in order, and none of the padding', async () => {
    const rows = [
      { input_ids: [1, 2, 3, 4], feature_ids: [0, 5, 5, 0] },
      { input_ids: [9], feature_ids: [6] },
      { input_ids: [7, 8], feature_ids: [1, 2] },
    ]
    const answers = await runRows(perToken, rows, 100)
    expect(answers.map((answer) => [...answer])).toEqual([
      [1, 0, 2, 5, 3, 5, 4, 0],
      [9, 6],
      [7, 1, 8, 2],
    ])
  })

  it('runs nothing for no rows', async () => {
    expect(await runRows(perToken, [])).toEqual([])
  })
})
