export type { Progress } from './file/copy-version.ts'
export { type ModelRegistry, type ModelVersion, openRegistry, type RegistrySettings } from './open-registry.ts'
export { runDownloadTask, runUploadTask } from './tasks.ts'
