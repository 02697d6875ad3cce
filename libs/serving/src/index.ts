export type { Answer } from './engine/pending-request.ts'
export { answerOf, itemsOf, type PredictBody, requestSchema, responseSchema } from './model/body.ts'
export {
  type Artifacts,
  type BodyShape,
  defineModel,
  defineOperation,
  type Item,
  type ItemResult,
  type ModelDefinition,
  type ModelInstance,
  type Operation,
  type RunnerKind,
} from './model/model.ts'
export { ERROR_MEANINGS, HTTP_STATUS, problemSchema } from './protocols/problem.ts'
export { recordPredictions } from './record-predictions.ts'
export { type Recorded, readRecorded } from './residents/self-test.ts'
export { type ServeOptions, type Server, serve, start } from './serve.ts'
