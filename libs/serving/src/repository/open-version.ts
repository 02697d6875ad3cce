/** Opens the folder of a version and checks it, so that it can be loaded. */
import { existsSync } from 'node:fs'
import { ServeryError } from '@servery/core'
import { cardFile, isCodeOnly, readCardSync, verifyDirectory } from '@servery/model-version'
import type { ModelDefinition, ModelInstance } from '../model/model.ts'

export interface VersionSource {
  /** The name of the model in routes. */
  readonly name: string
  readonly version: string
  /** The folder of the version; not read for a code-only version. */
  readonly directory: string
  readonly settings: ModelInstance['settings']
  /** Whether to compare every file with the manifest. */
  readonly verify: boolean
}

/** @throws ServeryError `MODEL_LOAD_FAILED` if the version has not been downloaded, its card is not valid, or a file differs */
export async function openVersion(definition: ModelDefinition, source: VersionSource): Promise<ModelInstance> {
  const { name, version, directory, settings, verify } = source
  if (isCodeOnly(version)) return { definition, name, version, directory: '', card: {}, settings }
  if (!existsSync(cardFile(directory))) {
    throw new ServeryError(
      'MODEL_LOAD_FAILED',
      `${version} is not in ${directory}. Download it with: make projects.run/${name} COMPONENT=serve TASK=download-model`,
    )
  }
  const card = readCardSync(directory, version)
  if (verify) await verifyDirectory(directory)
  return { definition, name, version, directory, card, settings }
}
