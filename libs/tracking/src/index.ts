export {
  createManifest,
  type Manifest,
  type ManifestEntry,
  manifestDigest,
  parseManifest,
  readManifest,
  verifyDirectory,
  verifyManifest,
} from './manifest.ts'
export { type ModelRegistry, type ModelVersion, openRegistry, type RegistrySettings } from './model-registry.ts'
export { runDownloadTask, runUploadTask } from './tasks.ts'
export type { Progress } from './version-files.ts'
