/** Where model versions come from and results go back to: one interface, one implementation per backend. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ServeryError } from '@servery/core'
import { FileRegistry } from './file-registry.ts'
import type { Progress } from './version-files.ts'

export interface ModelVersion {
  readonly modelId: string
  readonly number: number
  /** `<MODEL-ID>-<n>` */
  readonly name: string
}

export interface ModelRegistry {
  /** Numbers of a model's versions, ascending; empty for an unknown model. @throws ServeryError `CONFIG_INVALID` */
  versions(modelId: string): Promise<number[]>
  /** @throws ServeryError `CONFIG_INVALID` naming the versions that there are */
  resolve(reference: string): Promise<ModelVersion>
  /** @throws ServeryError `MODEL_LOAD_FAILED` when the card is missing or not JSON */
  card(version: ModelVersion): Promise<Record<string, unknown>>
  /**
   * Brings a verified copy to `target`, or finds it there; other files in it, such as test results, are kept.
   * @returns true when something was copied
   * @throws ServeryError `MODEL_LOAD_FAILED`; the target is then as it was
   */
  download(version: ModelVersion, target: string, progress?: Progress): Promise<boolean>
  /**
   * Adds a folder as the next version; the same content again answers the number it has.
   * @param expectedNumber fails before anything is written when the number is another
   * @throws ServeryError `CONFIG_INVALID`, `MODEL_LOAD_FAILED`
   */
  register(directory: string, modelId: string, expectedNumber?: number): Promise<ModelVersion>
  /** Files the results of one image with the version; repeating it replaces them. @throws ServeryError as `register` */
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
      `MLFLOW_TRACKING_URI=${uri.split(':')[0]}:… is not supported: this version takes file:<folder> only, for example file:./registry.`,
    )
  }
  const folder = uri.startsWith('file:///') ? fileURLToPath(uri) : uri.slice('file:'.length)
  return new FileRegistry(path.resolve(rootDirectory, folder))
}
