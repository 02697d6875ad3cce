/** A registry in a folder: `<root>/<MODEL-ID>/<n>/` holds a version, `<root>/.results/<MODEL-ID>/<n>/test_results/<IMAGE_TAG>/` its results. */
import { randomBytes } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { ServeryError } from '@servery/core'
import { install, isInstalled, type Progress } from './install.ts'
import { createManifest, failed, MANIFEST_FILE, type Manifest, manifestDigest, parseManifest } from './manifest.ts'
import type { ModelRegistry, ModelVersion } from './model-registry.ts'

export class FileRegistry implements ModelRegistry {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async versions(modelId: string): Promise<number[]> {
    const names = await readdir(path.join(this.#root, modelId)).catch(() => [])
    return names
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map(Number)
      .sort((a, b) => a - b)
  }

  async resolve(reference: string): Promise<ModelVersion> {
    const [, modelId, digits] = reference.match(/^([A-Za-z][A-Za-z0-9-]*)-([1-9]\d*)$/) ?? []
    if (modelId === undefined) {
      throw new ServeryError(
        'CONFIG_INVALID',
        `'${reference}' is not a model version; it is written <MODEL-ID>-<n>, for example KEYWORDS-COMPILED-1.`,
      )
    }
    const known = await this.versions(modelId)
    if (known.includes(Number(digits))) return versionOf(modelId, Number(digits))
    const there =
      known.length > 0 ? `it has ${known.map((n) => `${modelId}-${n}`).join(', ')}` : `it has no model ${modelId}`
    throw new ServeryError('CONFIG_INVALID', `The registry has no version ${reference}; ${there}.`)
  }

  async card(version: ModelVersion): Promise<Record<string, unknown>> {
    const file = path.join(this.#directoryOf(version), 'model_card.json')
    try {
      return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
    } catch (error) {
      throw failed(`The card of ${version.name} is missing or not valid JSON; register the version again.`, error)
    }
  }

  async download(version: ModelVersion, target: string, progress?: Progress): Promise<boolean> {
    const manifest = await this.#manifestOf(version)
    if (await isInstalled(target, manifest)) return false
    await install(this.#directoryOf(version), manifest, target, progress)
    return true
  }

  async register(directory: string, modelId: string, expectedNumber?: number): Promise<ModelVersion> {
    const manifest = await createManifest(directory)
    const known = await this.versions(modelId)
    for (const number of known) {
      const version = versionOf(modelId, number)
      if (manifestDigest(await this.#manifestOf(version)) === manifestDigest(manifest)) return version
    }
    const next = versionOf(modelId, (known.at(-1) ?? 0) + 1)
    if (expectedNumber !== undefined && expectedNumber !== next.number) {
      throw new ServeryError(
        'CONFIG_INVALID',
        `The next version is ${next.name}, not ${modelId}-${expectedNumber}; nothing was written.`,
      )
    }
    await install(directory, manifest, this.#directoryOf(next))
    return next
  }

  async attachResults(version: ModelVersion, imageTag: string, directory: string): Promise<void> {
    const target = path.join(this.#root, '.results', version.modelId, String(version.number), 'test_results', imageTag)
    const partial = `${target}.${randomBytes(4).toString('hex')}.partial`
    await mkdir(path.dirname(target), { recursive: true })
    try {
      await cp(directory, partial, { recursive: true })
      await rm(target, { recursive: true, force: true })
      await rename(partial, target)
    } finally {
      await rm(partial, { recursive: true, force: true })
    }
  }

  #directoryOf({ modelId, number }: ModelVersion): string {
    return path.join(this.#root, modelId, String(number))
  }

  async #manifestOf(version: ModelVersion): Promise<Manifest> {
    const text = await readFile(path.join(this.#directoryOf(version), MANIFEST_FILE), 'utf8').catch(
      (error: unknown) => {
        throw failed(`The manifest of ${version.name} is missing from the registry; register the version again.`, error)
      },
    )
    return parseManifest(text, version.name)
  }
}

function versionOf(modelId: string, number: number): ModelVersion {
  return { modelId, number, name: `${modelId}-${number}` }
}
