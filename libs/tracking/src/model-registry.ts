/** Where model versions come from and results go back to: one interface, one implementation per backend. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ServeryError } from '@servery/core'
import { FileRegistry } from './file-registry.ts'
import type { Progress } from './install.ts'

export interface ModelVersion {
  readonly modelId: string
  readonly number: number
  /** `<MODEL-ID>-<n>` */
  readonly name: string
}

export interface ModelRegistry {
  /** Numbers of a model's versions, ascending; empty for an unknown model. */
  versions(modelId: string): Promise<number[]>
  /** @throws ServeryError `CONFIG_INVALID` naming the versions that there are */
  resolve(reference: string): Promise<ModelVersion>
  card(version: ModelVersion): Promise<Record<string, unknown>>
  /**
   * Brings a verified copy to `target`, or finds it there.
   * @returns true when something was copied
   * @throws ServeryError `MODEL_LOAD_FAILED`; the target is then as it was
   */
  download(version: ModelVersion, target: string, progress?: Progress): Promise<boolean>
  /**
   * Adds a folder as the next version; the same content again answers the number it has.
   * @param expectedNumber fails before anything is written when the next number is another
   */
  register(directory: string, modelId: string, expectedNumber?: number): Promise<ModelVersion>
  /** Files the results of one image with the version; repeating it replaces them. */
  attachResults(version: ModelVersion, imageTag: string, directory: string): Promise<void>
}

/**
 * @param uri `file:<folder>`; a relative folder counts from `rootDirectory`
 * @throws ServeryError `CONFIG_INVALID`
 */
export function openRegistry(uri: string, rootDirectory: string): ModelRegistry {
  if (!uri.startsWith('file:')) {
    throw new ServeryError(
      'CONFIG_INVALID',
      `MLFLOW_TRACKING_URI=${uri.split(':')[0]}:… is not supported yet; use file:<folder>, for example file:./registry.`,
    )
  }
  const folder = uri.startsWith('file:///') ? fileURLToPath(uri) : uri.slice('file:'.length)
  return new FileRegistry(path.resolve(rootDirectory, folder))
}
