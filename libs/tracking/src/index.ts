export { openRegistry, type RegistrySettings } from './open-registry.ts'
export type { ModelRegistry, ModelVersion, RegisterOptions } from './registry/model-registry.ts'
export type { Progress } from './registry/progress.ts'
export { runDownloadTask, runUploadTask } from './tasks.ts'
