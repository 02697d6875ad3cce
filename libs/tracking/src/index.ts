export { type ModelRegistry, type ModelVersion, openRegistry, type RegistrySettings } from './model-registry.ts'
export { runDownloadTask, runUploadTask } from './tasks.ts'
export type { Progress } from './version-files.ts'
