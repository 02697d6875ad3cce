export { cardSchema, type ModelCard, parseCard, readCard, readCardSync } from './card.ts'
export { firstDifference } from './difference.ts'
export { modelLoadFailed, notThere } from './errors.ts'
export {
  artifactsDirectory,
  CARD_FILE,
  cardFile,
  isInVersion,
  MANIFEST_FILE,
  recordingsFile,
  requestsFile,
  resultsDirectory,
  VERSION_TREE,
} from './layout.ts'
export {
  checkFingerprint,
  createManifest,
  fingerprint,
  isInstalled,
  type Manifest,
  type ManifestEntry,
  manifestDigest,
  parseManifest,
  readManifest,
  verifyDirectory,
} from './manifest.ts'
export { type RecordedRequest, type Recording, readRecordedRequests, readRecordings } from './recordings.ts'
export {
  configSourceOf,
  isCodeOnly,
  recordingsOf,
  type ServeComponent,
  serveComponentAt,
  variableOf,
  versionDirectory,
} from './serve-component.ts'
