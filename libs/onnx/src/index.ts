export { type Device, type Int8Support, int8Support } from './device.ts'
export type { TokenRow } from './rows.ts'
export {
  type EncoderOptions,
  openSentenceEncoder,
  type SentenceEncoder,
  type SentenceVectors,
} from './sentence-encoder.ts'
export { openSequenceClassifier, type SequenceClassifier } from './sequence-classifier.ts'
export { openTokenClassifier, type TokenClassifier, type TokenClassifierOptions } from './token-classifier.ts'
export { type EncodedText, openTokeniser, type Span, type TokenisedWord, type Tokeniser } from './tokeniser.ts'
export { VectorCache, type VectorCacheOptions } from './vector-cache.ts'
