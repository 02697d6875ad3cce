/**
 * Where model versions come from and results go to: the interface that each kind of registry implements. Beside the
 * errors named here, a registry that cannot be reached or refuses a request is `UPSTREAM_FAILED`.
 */
import type { Progress } from './progress.ts'

export interface ModelVersion {
  readonly modelId: string
  readonly number: number
  /** `<MODEL-ID>-<n>` */
  readonly name: string
}

export interface RegisterOptions {
  /** Fails before anything is written when the number would be another. */
  readonly expectedNumber?: number | undefined
  readonly progress?: Progress
}

export interface ModelRegistry {
  /** Numbers of a model's versions, ascending; empty for an unknown model. @throws ServeryError `CONFIG_INVALID` */
  versions(modelId: string): Promise<number[]>
  /**
   * @param reference `<MODEL-ID>-<n>`, `models:/<MODEL-ID>/<n>` or `models:/<MODEL-ID>@<alias>`
   * @throws ServeryError `CONFIG_INVALID` naming the versions that exist
   */
  resolve(reference: string): Promise<ModelVersion>
  /** @throws ServeryError `MODEL_LOAD_FAILED` when the card is missing or not JSON */
  card(version: ModelVersion): Promise<Record<string, unknown>>
  /**
   * Puts a verified copy into `target`, or finds it there; other files in it, such as test results, are kept.
   * @returns true when something was copied
   * @throws ServeryError `MODEL_LOAD_FAILED`; the target is then as it was
   */
  download(version: ModelVersion, target: string, progress?: Progress): Promise<boolean>
  /**
   * Adds a folder as the next version. Content that is registered already keeps its number, which is returned.
   * @throws ServeryError `CONFIG_INVALID`, `MODEL_LOAD_FAILED`
   */
  register(directory: string, modelId: string, options?: RegisterOptions): Promise<ModelVersion>
  /** Stores the results of one image with the version, in place of earlier ones. @throws ServeryError as `register` */
  attachResults(version: ModelVersion, imageTag: string, directory: string): Promise<void>
}
