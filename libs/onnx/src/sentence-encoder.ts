/** Encodes texts as unit vectors: tokenises them, runs the model, and returns the vectors in the order of the texts. */
import path from 'node:path'
import { runRows } from './rows.ts'
import { type EncoderSession, openSession, type SessionOptions } from './session.ts'
import { openTokeniser, type Tokeniser } from './tokeniser.ts'

export interface SentenceEncoder {
  /** Length of a vector (d). */
  readonly dimensions: number
  /** Maximum number of tokens read of one text, including the two special tokens. */
  readonly maxTokens: number
  /**
   * One unit vector per text, in order. A text has the same vector alone, in any batch and in any order (to 1e-5).
   *
   * @param options.maxTokens reduces the limit of the encoder, cannot raise it; at least 3
   * @throws ServeryError `INFERENCE_FAILED`
   */
  encode(texts: readonly string[], options?: { readonly maxTokens?: number }): Promise<SentenceVectors>
  /** Frees the session; no `encode` may be running or follow. */
  release(): Promise<void>
}

export interface SentenceVectors {
  /** `[n][d]` float32, length 1. */
  readonly vectors: Float32Array[]
  /** `[n]`, true if the model read only the beginning of the text. */
  readonly truncated: boolean[]
  /** `[n]`, tokens that were read of each text, the two special ones included. */
  readonly tokens: number[]
}

export interface EncoderOptions extends SessionOptions {
  /** Maximum number of tokens read of one text, including the two special tokens. */
  readonly maxTokens: number
  /** Largest padded size of one run, in tokens; a longer text is run alone. Default 256. */
  readonly batchTokens?: number
}

/**
 * Opens `model.onnx` and `tokenizer.json` of a version's `model_artifacts/`.
 *
 * @throws ServeryError `MODEL_LOAD_FAILED` if a file or the device is missing, or the graph is not a sentence encoder
 */
export async function openSentenceEncoder(directory: string, options: EncoderOptions): Promise<SentenceEncoder> {
  const tokeniser = await openTokeniser(path.join(directory, 'tokenizer.json'))
  const ports = { output: 'sentence_embedding', per: 'row' } as const
  const session = await openSession(path.join(directory, 'model.onnx'), ports, options)
  return createSentenceEncoder(tokeniser, session, options)
}

/** Creates an encoder from an opened tokeniser and a session with one vector per row. */
export function createSentenceEncoder(
  tokeniser: Pick<Tokeniser, 'encode'>,
  session: EncoderSession,
  { maxTokens, batchTokens }: Pick<EncoderOptions, 'maxTokens' | 'batchTokens'>,
): SentenceEncoder {
  return {
    dimensions: session.dimensions,
    maxTokens,
    async encode(texts, options) {
      const encoded = await tokeniser.encode(texts, Math.min(options?.maxTokens ?? maxTokens, maxTokens))
      const rows = encoded.map(({ ids }) => ({ input_ids: ids }))
      return {
        vectors: await runRows(session, rows, batchTokens),
        truncated: encoded.map(({ truncated }) => truncated),
        tokens: encoded.map(({ ids }) => ids.length),
      }
    },
    release: () => session.release(),
  }
}
