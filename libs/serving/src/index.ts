export type { InferAnswer, InferCall, Transport, TransportEnd } from './inference/call.ts'
export type { Inference, ModelDescription } from './inference/inference.ts'
export * from './model/index.ts'
export { LoadedModel } from './model/loaded-model.ts'
export { type ModelInstance, operationOf } from './model/model.ts'
export { itemsOf, type ModelRequest } from './model/request.ts'
export {
  type BodyShape,
  decodeRequest,
  encodeRequest,
  encodeResponse,
  type PredictBody,
  requestSchema,
  responseSchema,
} from './protocols/native/codec.ts'
export { ERROR_MEANINGS, HTTP_STATUS, problemSchema } from './protocols/native/errors.ts'
export { nativeProtocol } from './protocols/native/plugin.ts'
export type { HttpProtocol } from './protocols/protocol.ts'
export { toServeryError } from './protocols/thrown-errors.ts'
export { recordPredictions } from './record-predictions.ts'
export { type ServeOptions, serve, serveProjects, start } from './serve.ts'
export type { Server, ServerOptions } from './server.ts'
