/** Runs rows of tokens in a session: packs them by length, pads them, and returns the outputs in the order of the rows. */
import { packRows } from './packing.ts'
import type { EncoderSession, TokenBatch } from './session.ts'

/** One text or window as the model reads it: `input_ids` with both special tokens, further inputs by name, all `[t]`. */
export type TokenRow = { readonly input_ids: readonly number[] } & Readonly<Record<string, readonly number[]>>

/**
 * Measured with MiniLM int8 (one thread, AMD EPYC, 2026-11), ms at 128 / 256 / 512 tokens: 60 phrases 19.4 / 19.6 / 23.0,
 * 300 phrases 77 / 76 / 79, 60 sentences 118 / 112 / 119, 16 long texts 132 / 127 / 128. Larger runs need more padding.
 */
const DEFAULT_BATCH_TOKENS = 256

/**
 * The output of every row, in order: `[d]`, or `[t, d]` row-major for a model with an output per token. A row has the same
 * output alone, in any batch and in any order (to 1e-5).
 *
 * @param batchTokens largest padded size of one run; a longer row is run alone
 * @throws ServeryError `INFERENCE_FAILED`
 */
export async function runRows(
  session: EncoderSession,
  rows: readonly TokenRow[],
  batchTokens: number = DEFAULT_BATCH_TOKENS,
): Promise<Float32Array[]> {
  const lengths = rows.map((row) => row.input_ids.length)
  const answers: Float32Array[] = new Array(rows.length)
  for (const group of packRows(lengths, batchTokens)) {
    const batch = padRows(group.map((row) => rows[row]!))
    const answer = await session.run(batch)
    const stride = answer.length / group.length
    for (const [i, row] of group.entries()) {
      const size = session.per === 'row' ? stride : lengths[row]! * session.dimensions
      // Copy each row: a view would keep the whole batch in memory while one vector is cached.
      answers[row] = answer.slice(i * stride, i * stride + size)
    }
  }
  return answers
}

/** Pads rows with the same inputs at the end, to the length of the longest. */
export function padRows(rows: readonly TokenRow[]): TokenBatch {
  const width = Math.max(...rows.map((row) => row.input_ids.length))
  const feeds: Record<string, BigInt64Array> = {}
  for (const name of Object.keys(rows[0]!))
    feeds[name] = padded(
      rows.map((row) => row[name]!),
      width,
    )
  feeds.attention_mask = padded(
    rows.map((row) => row.input_ids.map(() => 1)),
    width,
  )
  return { feeds, rows: rows.length, width }
}

function padded(rows: readonly (readonly number[])[], width: number): BigInt64Array {
  const values = new BigInt64Array(rows.length * width)
  // Writes the low halves of the int64 values, without a BigInt per token: ids fit in 31 bits, and every platform that
  // ONNX Runtime supports is little-endian.
  const halves = new Int32Array(values.buffer)
  rows.forEach((row, r) => {
    for (let t = 0; t < row.length; t++) halves[2 * (r * width + t)] = row[t]!
  })
  return values
}
