/** Classifies texts: one logit per class. */
import path from 'node:path'
import { createSentenceEncoder, type EncoderOptions } from './sentence-encoder.ts'
import { openSession } from './session.ts'
import { openTokeniser } from './tokeniser.ts'

export interface SequenceClassifier {
  /** Number of classes. */
  readonly classes: number
  readonly maxTokens: number
  /**
   * One row of logits per text, in order. A text has the same logits alone, in any batch and in any order (to 1e-5).
   *
   * @throws ServeryError `INFERENCE_FAILED`
   */
  classify(texts: readonly string[]): Promise<{
    /** `[n][classes]` float32. */
    readonly logits: Float32Array[]
    /** `[n]`, true if the model read only the beginning of the text. */
    readonly truncated: boolean[]
  }>
  release(): Promise<void>
}

/**
 * Opens `model.onnx`, output `logits` `[b, classes]`, and `tokenizer.json` of a version's `model_artifacts/`.
 *
 * @throws ServeryError `MODEL_LOAD_FAILED` if a file or the device is missing, or the graph is not such a classifier
 */
export async function openSequenceClassifier(directory: string, options: EncoderOptions): Promise<SequenceClassifier> {
  const tokeniser = await openTokeniser(path.join(directory, 'tokenizer.json'))
  const session = await openSession(path.join(directory, 'model.onnx'), { output: 'logits', per: 'row' }, options)
  const encoder = createSentenceEncoder(tokeniser, session, options)
  return {
    classes: encoder.dimensions,
    maxTokens: encoder.maxTokens,
    async classify(texts) {
      const { vectors, truncated } = await encoder.encode(texts)
      return { logits: vectors, truncated }
    },
    release: () => encoder.release(),
  }
}
