/** The serve component whose suite runs: its files, its version, and its recorded answers. */
import path from 'node:path'
import { type ConfigSource, loadConfig, modelVariables } from '@servery/core'
import {
  configSourceOf,
  isCodeOnly,
  type ModelCard,
  type Recording,
  readCardSync,
  readRecordings,
  recordingsOf,
  serveComponentAt,
  versionDirectory,
} from '@servery/model-version'
import type { TObject } from '@servery/schema'

export interface ProjectUnderTest {
  /** The model's name on the wire. */
  readonly name: string
  readonly serveDirectory: string
  /** Compiled model-server.js. */
  readonly entry: string
  /** README.md of the project. */
  readonly readme: string
  readonly version: string
  /** True when the version is code alone, without artifacts. */
  readonly isCodeOnly: boolean
  /** Where the version lies, if it has artifacts. */
  readonly directory: string
  readonly card: ModelCard
  readonly recordings: readonly Recording[]
}

/**
 * @param folder any folder of the component, for example that of a test
 * @param params the project's own variables, which may stand in its configuration files
 */
export function projectUnderTest(folder: string, params?: TObject): ProjectUnderTest {
  const { name, directory: serveDirectory } = serveComponentAt(folder)
  const others = params === undefined ? {} : { others: params }
  const source: ConfigSource = configSourceOf(serveDirectory, process.env, others)
  const config = loadConfig(modelVariables, source)
  const version = config.SERVERY_MODEL_VERSION
  const directory = versionDirectory(serveDirectory, version, config)
  return {
    name,
    serveDirectory,
    entry: path.join(serveDirectory, 'dist/model-server.js'),
    readme: path.join(serveDirectory, '../README.md'),
    version,
    isCodeOnly: isCodeOnly(version),
    directory,
    get card() {
      return isCodeOnly(version) ? {} : readCardSync(directory, version)
    },
    get recordings() {
      return readRecordings(recordingsOf(serveDirectory, directory))
    },
  }
}
