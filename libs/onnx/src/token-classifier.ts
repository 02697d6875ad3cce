/** Splits texts into words, and classifies the tokens of rows. The caller forms windows and decodes labels. */
import path from 'node:path'
import { runRows, type TokenRow } from './rows.ts'
import { openSession, type SessionOptions } from './session.ts'
import { openTokeniser, type TokenisedWord } from './tokeniser.ts'

export interface TokenClassifier {
  /** Number of labels. */
  readonly labels: number
  /** All words of every text, in order, however long it is. */
  words(texts: readonly string[]): Promise<TokenisedWord[][]>
  /**
   * Logits `[t, labels]`, row-major, of every row. A row has the same logits alone, in any batch and in any order (to 1e-5).
   *
   * @throws ServeryError `INFERENCE_FAILED`
   */
  classify(rows: readonly TokenRow[]): Promise<Float32Array[]>
  release(): Promise<void>
}

export interface TokenClassifierOptions extends SessionOptions {
  /** Inputs of the graph in addition to `input_ids` and `attention_mask`. */
  readonly addedInputs?: readonly string[]
}

/**
 * Opens `model.onnx`, output `logits` `[b, t, labels]`, and `tokenizer.json` of a version's `model_artifacts/`.
 *
 * @throws ServeryError `MODEL_LOAD_FAILED` if a file or the device is missing, or the graph is not such a classifier
 */
export async function openTokenClassifier(
  directory: string,
  { addedInputs = [], ...options }: TokenClassifierOptions = {},
): Promise<TokenClassifier> {
  const tokeniser = await openTokeniser(path.join(directory, 'tokenizer.json'))
  const ports = { addedInputs, output: 'logits', per: 'token' } as const
  const session = await openSession(path.join(directory, 'model.onnx'), ports, options)
  return {
    labels: session.dimensions,
    words: (texts) => tokeniser.words(texts),
    classify: (rows) => runRows(session, rows),
    release: () => session.release(),
  }
}
