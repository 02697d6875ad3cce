export { type Device, type Int8Support, int8Support } from './device.ts'
export {
  type EncoderOptions,
  openSentenceEncoder,
  type SentenceEncoder,
  type SentenceVectors,
} from './sentence-encoder.ts'
export { type EncodedText, openTokeniser, type Span, type Tokeniser } from './tokeniser.ts'
export { VectorCache, type VectorCacheOptions } from './vector-cache.ts'
