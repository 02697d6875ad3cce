export { createManifest, type Manifest, manifestDigest, parseManifest, verifyManifest } from './manifest.ts'
export { type ModelRegistry, type ModelVersion, openRegistry } from './model-registry.ts'
export { runDownloadTask, runUploadTask } from './tasks.ts'
