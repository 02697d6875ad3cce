/**
 * The interface of a registry, which stores model versions and their test results. In addition to the
 * errors named here, every method fails with `UPSTREAM_FAILED` if the registry cannot be reached or refuses a request.
 */
import type { Progress } from './progress.ts'

export interface ModelVersion {
  readonly modelId: string
  readonly number: number
  /** `<MODEL-ID>-<n>` */
  readonly name: string
}

export interface RegisterOptions {
  /** Fails before anything is written if the version would get another number. */
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
  /** @throws ServeryError `MODEL_LOAD_FAILED` if the card is missing or not valid */
  card(version: ModelVersion): Promise<Record<string, unknown>>
  /**
   * Puts a verified copy into `target` unless it is already there; other files in it, such as test results, are kept.
   * @returns true if something was copied
   * @throws ServeryError `MODEL_LOAD_FAILED`; the target is then unchanged
   */
  download(version: ModelVersion, target: string, progress?: Progress): Promise<boolean>
  /**
   * Adds a folder as the next version. Returns the existing version if its content is registered already.
   * @throws ServeryError `CONFIG_INVALID`, `MODEL_LOAD_FAILED`
   */
  register(directory: string, modelId: string, options?: RegisterOptions): Promise<ModelVersion>
  /** Stores the test results of one image with the version and replaces earlier ones. @throws ServeryError as `register` */
  attachResults(version: ModelVersion, imageTag: string, directory: string): Promise<void>
}
