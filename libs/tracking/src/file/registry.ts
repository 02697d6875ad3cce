/** A registry in a folder: `<root>/<MODEL-ID>/<n>/` holds a version, `<root>/.results/<MODEL-ID>/<n>/test_results/<IMAGE_TAG>/` its results. */
import { cp, readdir } from 'node:fs/promises'
import path from 'node:path'
import { isServeryError } from '@servery/core'
import {
  createManifest,
  isInstalled,
  type Manifest,
  manifestDigest,
  notThere,
  readCard,
  readManifest,
} from '@servery/model-version'
import type { ModelRegistry, ModelVersion, RegisterOptions } from '../open-registry.ts'
import {
  checkExpected,
  checkedImageTag,
  checkedModelId,
  parseReference,
  refused,
  unknownVersion,
  versionOf,
} from '../registry/version-names.ts'
import { putNew, putReplacing, staged } from '../staging/staged-folder.ts'
import { copyVersion, keepOtherFiles, type Progress } from './copy-version.ts'

export class FileRegistry implements ModelRegistry {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async versions(modelId: string): Promise<number[]> {
    const names = (await readdir(path.join(this.#root, checkedModelId(modelId))).catch(notThere)) ?? []
    return names
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map(Number)
      .sort((a, b) => a - b)
  }

  async resolve(reference: string): Promise<ModelVersion> {
    const { modelId, number, alias } = parseReference(reference)
    if (number === undefined)
      throw refused(
        `A file: registry keeps no aliases such as '${alias}': write ${modelId}-<n>, or use an MLflow server.`,
      )
    const known = await this.versions(modelId)
    if (!known.includes(number)) throw unknownVersion(modelId, number, known)
    return versionOf(modelId, number)
  }

  card(version: ModelVersion): Promise<Record<string, unknown>> {
    return readCard(this.#directoryOf(version), version.name)
  }

  async download(version: ModelVersion, target: string, progress?: Progress): Promise<boolean> {
    const { name } = version
    const directory = this.#directoryOf(version)
    const manifest = await readManifest(directory, name)
    const isDone = () => isInstalled(target, manifest)
    const fill = async (partial: string) => {
      if (await isDone()) return false
      await copyVersion({ directory, name, manifest }, partial, progress)
      await putReplacing(partial, target, { isDone, keep: keepOtherFiles })
      return true
    }
    return staged(target, fill, keepOtherFiles)
  }

  async register(
    directory: string,
    modelId: string,
    { expectedNumber, progress }: RegisterOptions = {},
  ): Promise<ModelVersion> {
    const manifest = await createManifest(directory)
    await readCard(directory, directory)
    for (;;) {
      const known = await this.versions(modelId)
      const same = await this.#withContent(modelId, known, manifest)
      const version = same ?? versionOf(modelId, (known.at(-1) ?? 0) + 1)
      checkExpected(version, same !== undefined, expectedNumber)
      if (same) return same
      const target = this.#directoryOf(version)
      const isNew = await staged(target, async (partial) => {
        await copyVersion({ directory, name: directory, manifest }, partial, progress)
        return putNew(partial, target)
      })
      // Not new: another process took the number meanwhile, perhaps with the same content.
      if (isNew) return version
    }
  }

  async attachResults(version: ModelVersion, imageTag: string, directory: string): Promise<void> {
    const results = path.join(this.#root, '.results', version.modelId, String(version.number), 'test_results')
    const target = path.join(results, checkedImageTag(imageTag))
    await staged(target, async (partial) => {
      await cp(directory, partial, { recursive: true })
      await putReplacing(partial, target)
    })
  }

  #directoryOf({ modelId, number }: ModelVersion): string {
    return path.join(this.#root, modelId, String(number))
  }

  /** The version with this content; one whose manifest cannot be used equals nothing, so that it never blocks a new one. */
  async #withContent(modelId: string, numbers: number[], manifest: Manifest): Promise<ModelVersion | undefined> {
    const digest = manifestDigest(manifest)
    for (const number of numbers) {
      const version = versionOf(modelId, number)
      const known = await readManifest(this.#directoryOf(version), version.name).catch(undefinedWhenUnusable)
      if (known !== undefined && manifestDigest(known) === digest) return version
    }
    return undefined
  }
}

function undefinedWhenUnusable(error: unknown): undefined {
  if (!isServeryError(error)) throw error
}
