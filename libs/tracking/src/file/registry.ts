/**
 * A registry in a folder: `<root>/<MODEL-ID>/<n>/` holds a version, `<root>/.results/<MODEL-ID>/<n>/test_results/<IMAGE_TAG>/`
 * its test results.
 */
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
import type { ModelRegistry, ModelVersion, RegisterOptions } from '../registry/model-registry.ts'
import type { Progress } from '../registry/progress.ts'
import {
  checkExpectedNumber,
  checkedImageTag,
  checkedModelId,
  configInvalid,
  modelVersion,
  parseReference,
  unknownVersion,
} from '../registry/version-names.ts'
import { installVersion, type VersionContents } from '../staging/install-version.ts'
import { moveNew, moveReplacing, withStagedFolder } from '../staging/staged-folder.ts'
import { copyVersion } from './copy-version.ts'

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
      throw configInvalid(
        `A file: registry has no aliases such as '${alias}': write ${modelId}-<n>, or use an MLflow server.`,
      )
    const known = await this.versions(modelId)
    if (!known.includes(number)) throw unknownVersion(modelId, number, known)
    return modelVersion(modelId, number)
  }

  card(version: ModelVersion): Promise<Record<string, unknown>> {
    return readCard(this.#folder(version), version.name)
  }

  async download(version: ModelVersion, target: string, progress?: Progress): Promise<boolean> {
    const { name } = version
    const directory = this.#folder(version)
    const manifest = await readManifest(directory, name)
    const contents: VersionContents = {
      isIn: (folder) => isInstalled(folder, manifest),
      copyTo: (folder, copied) => copyVersion({ directory, name, manifest }, folder, copied),
    }
    return installVersion(contents, target, progress)
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
      const version = same ?? modelVersion(modelId, (known.at(-1) ?? 0) + 1)
      checkExpectedNumber(version, same !== undefined, expectedNumber)
      if (same) return same
      const target = this.#folder(version)
      const isNew = await withStagedFolder(target, async (partial) => {
        await copyVersion({ directory, name: directory, manifest }, partial, progress)
        return moveNew(partial, target)
      })
      // Otherwise another process has taken the number in the meantime, perhaps with the same content.
      if (isNew) return version
    }
  }

  async attachResults(version: ModelVersion, imageTag: string, directory: string): Promise<void> {
    const results = path.join(this.#root, '.results', version.modelId, String(version.number), 'test_results')
    const target = path.join(results, checkedImageTag(imageTag))
    await withStagedFolder(target, async (partial) => {
      await cp(directory, partial, { recursive: true })
      await moveReplacing(partial, target)
    })
  }

  #folder({ modelId, number }: ModelVersion): string {
    return path.join(this.#root, modelId, String(number))
  }

  /** The version with this content. Versions without a valid manifest are skipped, so that they never block a new one. */
  async #withContent(modelId: string, numbers: number[], manifest: Manifest): Promise<ModelVersion | undefined> {
    const digest = manifestDigest(manifest)
    for (const number of numbers) {
      const version = modelVersion(modelId, number)
      const known = await readManifest(this.#folder(version), version.name).catch(undefinedIfUnusable)
      if (known !== undefined && manifestDigest(known) === digest) return version
    }
    return undefined
  }
}

function undefinedIfUnusable(error: unknown): undefined {
  if (!isServeryError(error)) throw error
}
