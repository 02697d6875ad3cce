/** From the folder of a version to an instance that can be loaded. */
import { existsSync } from 'node:fs'
import { ServeryError } from '@servery/core'
import { isCodeOnly, readCardSync, verifyDirectory } from '@servery/model-version'
import type { ModelDefinition, ModelInstance } from '../model/model.ts'

export interface VersionSource {
  /** The model's name on the wire. */
  readonly name: string
  readonly version: string
  /** Where the version lies; not read for a version of code alone. */
  readonly directory: string
  readonly settings: ModelInstance['settings']
  /** Compare every file with the manifest. */
  readonly verify: boolean
}

/** @throws ServeryError `MODEL_LOAD_FAILED` when the version has not been downloaded, its card cannot be used, or a file differs */
export async function openVersion(definition: ModelDefinition, source: VersionSource): Promise<ModelInstance> {
  const { name, version, directory, settings, verify } = source
  if (isCodeOnly(version)) return { definition, name, version, directory: '', card: {}, settings }
  if (!existsSync(directory)) {
    throw new ServeryError(
      'MODEL_LOAD_FAILED',
      `${version} is not in ${directory}. Get it with: make projects.run/${name} COMPONENT=serve TASK=download-model`,
    )
  }
  const card = readCardSync(directory, version)
  if (verify) await verifyDirectory(directory)
  return { definition, name, version, directory, card, settings }
}
