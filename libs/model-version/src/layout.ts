/** The paths of the parts of a model version in its folder. */
import path from 'node:path'

export const CARD_FILE = 'model_card.json'
export const MANIFEST_FILE = 'manifest.json'
const ARTIFACTS = 'model_artifacts'
const TEST_FILES = 'test_files'

/** Top-level files and folders of a version. Test results and the manifest itself do not belong to it. */
export const VERSION_TREE: readonly string[] = [CARD_FILE, ARTIFACTS, TEST_FILES]

export function cardFile(directory: string): string {
  return path.join(directory, CARD_FILE)
}

/** The folder that the model's `load` reads. */
export function artifactsDirectory(directory: string): string {
  return path.join(directory, ARTIFACTS)
}

/** The requests whose answers are recorded when a model is compiled. */
export function requestsFile(directory: string): string {
  return path.join(directory, TEST_FILES, 'requests.json')
}

/** The recorded answers of a version. */
export function recordingsFile(directory: string): string {
  return path.join(directory, TEST_FILES, 'predictions.json')
}

/** The folder to which the load suite writes the results of one image, and from which the upload task reads them. */
export function resultsDirectory(directory: string, imageTag: string): string {
  return path.join(directory, imageTag, 'test_results')
}

/**
 * True for a path inside a version, relative to its folder, with forward slashes. Also refuses backslashes, which other systems
 * read as separators, and NUL, which no path may hold.
 */
export function isInVersion(relative: string): boolean {
  const parts = relative.split('/')
  return (
    VERSION_TREE.includes(parts[0]!) &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..') &&
    !/[\\\0]/.test(relative)
  )
}
