/**
 * `@servery/serving/model`: what the module of a model needs. Worker processes load that module, so nothing of the server is
 * imported here.
 */
export {
  type Artifacts,
  type CommonSettings,
  defineModel,
  defineOperation,
  type Item,
  type ItemError,
  type ItemOutput,
  type ItemResult,
  type ModelDefinition,
  type Operation,
  type RunnerKind,
} from './model.ts'
