/** Where the parts of a model version lie in its folder. */
import path from 'node:path'

export const CARD_FILE = 'model_card.json'
export const MANIFEST_FILE = 'manifest.json'
const ARTIFACTS = 'model_artifacts'
const TEST_FILES = 'test_files'

/** What belongs to a version; results of tests and the manifest itself do not. */
export const VERSION_TREE: readonly string[] = [CARD_FILE, ARTIFACTS, TEST_FILES]

/** What the model's `load` reads. */
export function artifactsDirectory(directory: string): string {
  return path.join(directory, ARTIFACTS)
}

/** The requests whose answers a compile records. */
export function requestsFile(directory: string): string {
  return path.join(directory, TEST_FILES, 'requests.json')
}

/** The recorded answers of a version. */
export function recordingsFile(directory: string): string {
  return path.join(directory, TEST_FILES, 'predictions.json')
}

/** Where the load suite files the results of one image, and the upload task reads them. */
export function resultsDirectory(directory: string, imageTag: string): string {
  return path.join(directory, imageTag, 'test_results')
}

/**
 * True for a path of a version's tree, relative to its folder, with forward slashes. Also refuses what only another system
 * would read as leaving the folder: backslashes, and NUL, which no path may hold.
 */
export function isInVersion(relative: string): boolean {
  const parts = relative.split('/')
  return (
    VERSION_TREE.includes(parts[0]!) &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..') &&
    !/[\\\0]/.test(relative)
  )
}
