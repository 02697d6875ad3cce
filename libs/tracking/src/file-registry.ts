/** A registry in a folder: `<root>/<MODEL-ID>/<n>/` holds a version, `<root>/.results/<MODEL-ID>/<n>/test_results/<IMAGE_TAG>/` its results. */
import { cp, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { isServeryError, ServeryError } from '@servery/core'
import {
  CARD_FILE,
  createManifest,
  failed,
  type Manifest,
  manifestDigest,
  notThere,
  readManifest,
  verifyDirectory,
} from './manifest.ts'
import type { ModelRegistry, ModelVersion } from './model-registry.ts'
import { putNew, putReplacing, staged } from './staged-folder.ts'
import { copyVersion, keepOtherFiles, type Progress } from './version-files.ts'

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
    const [, modelId, digits] = reference.match(/^([A-Za-z][A-Za-z0-9-]*)-([1-9]\d*)$/) ?? []
    if (modelId === undefined)
      throw refused(
        `'${reference}' is not a model version; it is written <MODEL-ID>-<n>, for example KEYWORDS-COMPILED-1.`,
      )
    const known = await this.versions(modelId)
    if (known.includes(Number(digits))) return versionOf(modelId, Number(digits))
    const names = known.map((number) => versionOf(modelId, number).name)
    const there = names.length > 0 ? `it has ${names.join(', ')}` : `it has no model ${modelId}`
    throw refused(`The registry has no version ${reference}; ${there}.`)
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

  async register(directory: string, modelId: string, expectedNumber?: number): Promise<ModelVersion> {
    const manifest = await createManifest(directory)
    await readCard(directory, directory)
    for (;;) {
      const known = await this.versions(modelId)
      const same = await this.#withContent(modelId, known, manifest)
      const version = same ?? versionOf(modelId, (known.at(-1) ?? 0) + 1)
      if (expectedNumber !== undefined && expectedNumber !== version.number)
        throw refused(
          `${same ? 'This content is registered as' : 'The next version is'} ${version.name}, not ${modelId}-${expectedNumber}; nothing was written.`,
        )
      if (same) return same
      const target = this.#directoryOf(version)
      const isNew = await staged(target, async (partial) => {
        await copyVersion({ directory, name: directory, manifest }, partial)
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

/** True when the target holds all files of the manifest, unchanged. */
async function isInstalled(target: string, manifest: Manifest): Promise<boolean> {
  // Whatever is wrong with the target, a new copy mends it or says why not.
  const own = await verifyDirectory(target).catch(() => undefined)
  return own !== undefined && manifestDigest(own) === manifestDigest(manifest)
}

function undefinedWhenUnusable(error: unknown): undefined {
  if (!isServeryError(error)) throw error
}

async function readCard(directory: string, name: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(path.join(directory, CARD_FILE), 'utf8')) as Record<string, unknown>
  } catch (error) {
    throw failed(`The card of ${name} is missing or not valid JSON.`, error)
  }
}

function versionOf(modelId: string, number: number): ModelVersion {
  return { modelId, number, name: `${modelId}-${number}` }
}

/** Names become folders: nothing else may pass. */
function checkedModelId(modelId: string): string {
  if (/^[A-Za-z][A-Za-z0-9-]*$/.test(modelId)) return modelId
  throw refused(`'${modelId}' is not a model; it is written in letters, digits and -, for example KEYWORDS-COMPILED.`)
}

/** Source: the grammar of an image tag, https://pkg.go.dev/github.com/distribution/reference#pkg-overview */
function checkedImageTag(imageTag: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(imageTag)) return imageTag
  throw refused(`IMAGE_TAG='${imageTag}' is not an image tag: letters, digits and _ . -, at most 128.`)
}

function refused(sentence: string): ServeryError {
  return new ServeryError('CONFIG_INVALID', sentence)
}
