/** The versions on disk that can be loaded, and the content that each had when it was first loaded: a version never changes. */
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { ServeryError } from '@servery/core'
import type { ModelDefinition, ModelInstance } from '../model/model.ts'
import { keyOf } from '../model/version-key.ts'
import { ContentDigests } from './content-digests.ts'
import { openVersion } from './open-version.ts'

export interface VersionStoreOptions {
  /** By the name of the project that implements them. */
  readonly definitions: ReadonlyMap<string, ModelDefinition>
  readonly settingsOf: (definition: ModelDefinition) => ModelInstance['settings']
  /** Folder with `<name>/<version>/`, whose versions are loaded when they are asked for; undefined if there is none. */
  readonly repository: string | undefined
  /** The folder of a version outside the repository, whether it exists or not; undefined for a model that has none. */
  readonly directoryOf: (name: string, version: string) => string | undefined
  /** Whether every file of a version outside the repository is compared with its manifest; in the repository it always is, if it has one. */
  readonly verify: boolean
}

export interface VersionPlace {
  readonly name: string
  readonly version: string
  readonly directory: string
  readonly isInRepository: boolean
}

/** What the repository needs of it. */
export type Versions = Pick<VersionStore, 'names' | 'versionsOf' | 'find' | 'open' | 'loaded'>

/** Names of models and versions are names of folders, and parts of routes. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

export class VersionStore {
  readonly #options: VersionStoreOptions
  readonly #digests = new ContentDigests()
  /** The digest of every version when it was first loaded. */
  readonly #first = new Map<string, string>()

  constructor(options: VersionStoreOptions) {
    this.#options = options
  }

  /** Names of the models in the repository. */
  get names(): string[] {
    return this.#foldersIn('.')
  }

  /** Versions of a model in the repository. */
  versionsOf(name: string): string[] {
    return NAME.test(name) ? this.#foldersIn(name) : []
  }

  /** Where a version would lie; undefined if there is no place for it. */
  find(name: string, version: string): VersionPlace | undefined {
    if (!NAME.test(name) || !NAME.test(version)) return undefined
    const { repository, directoryOf } = this.#options
    const inRepository = repository === undefined ? undefined : path.join(repository, name, version)
    if (inRepository !== undefined && statSync(inRepository, { throwIfNoEntry: false })?.isDirectory())
      return { name, version, directory: inRepository, isInRepository: true }
    const directory = directoryOf(name, version)
    return directory === undefined ? undefined : { name, version, directory, isInRepository: false }
  }

  /**
   * Reads and checks a version, so that it can be loaded.
   *
   * @throws ServeryError `MODEL_LOAD_FAILED` if it is missing or damaged, or no definition answers it; `VERSION_CONFLICT` if its
   *   content is not what it was when it was first loaded
   */
  async open(place: VersionPlace): Promise<ModelInstance> {
    const { definitions, settingsOf, verify } = this.#options
    const digestOf = (directory: string) =>
      this.#digests.digestOf(directory, {
        verify: verify || place.isInRepository,
        needsManifest: verify && !place.isInRepository,
      })
    const instance = await openVersion({ ...place, definitions, settingsOf, digestOf })
    const { name, version, digest } = instance
    const known = this.#first.get(keyOf(instance))
    if (known !== undefined && known !== digest) throw otherContent(name, version, digest, known)
    return { ...instance, checkContent: () => this.#checkContent(instance) }
  }

  async #checkContent({ name, version, directory, digest }: ModelInstance): Promise<void> {
    if (digest === undefined) return
    const found = await this.#digests.digestOf(directory, { verify: true, needsManifest: false })
    if (found !== digest) throw otherContent(name, version, found, digest)
  }

  /** Called when a version is loaded: from now on its content must not change. One that could not be loaded may still be repaired. */
  loaded(instance: ModelInstance): void {
    if (instance.digest !== undefined) this.#first.set(keyOf(instance), instance.digest)
  }

  #foldersIn(folder: string): string[] {
    const { repository } = this.#options
    if (repository === undefined) return []
    try {
      const entries = readdirSync(path.join(repository, folder), { withFileTypes: true })
      const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      return folders.map(({ name }) => name).filter((name) => NAME.test(name))
    } catch {
      return []
    }
  }
}

function otherContent(name: string, version: string, found: string | undefined, known: string): ServeryError {
  return new ServeryError(
    'VERSION_CONFLICT',
    `${version} of ${name} has other content than when it was first loaded (${found} instead of ${known}). A version never changes: give the new content a new version.`,
  )
}
