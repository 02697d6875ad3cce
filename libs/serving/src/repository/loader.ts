/**
 * Loads versions: each only once at a time, within the memory that they may take together. Versions that were loaded on demand make
 * room for others.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Logger, ServeryError } from '@servery/core'
import { artifactsDirectory } from '@servery/model-version'
import type { AdmissionLimits } from '../engine/admission.ts'
import type { EngineObserver } from '../engine/observer.ts'
import type { ModelInstance } from '../model/model.ts'
import type { Runner, StartOptions } from '../workers/runner.ts'
import { LoadedVersion } from './loaded-version.ts'
import { makeRoom } from './room.ts'
import type { SelfTest } from './self-test.ts'
import type { VersionPlace, Versions } from './version-store.ts'

/** The events that the loader reports, for metrics. */
export interface LoadObserver {
  loadEnded(version: VersionKey, result: 'loaded' | 'failed', seconds: number): void
  unloaded(version: VersionKey): void
}

type VersionKey = Pick<ModelInstance, 'name' | 'version'>

export interface LoaderOptions {
  readonly store: Versions
  readonly createRunner: (instance: ModelInstance) => Runner
  readonly limits: AdmissionLimits
  readonly observerOf: (instance: ModelInstance) => EngineObserver
  readonly observer: LoadObserver
  readonly selfTest: SelfTest
  readonly logger: Logger
  /** Memory that all versions together may take, in bytes. */
  readonly memoryLimit: number
}

/** At start a version is loaded whatever memory it takes, because without it the server is of no use. */
export type LoadReason = 'start' | 'control' | 'demand'

/** Longest wait for versions that are in use, when there is no room without unloading one of them. */
const LONGEST_WAIT_MS = 10_000

export class Loader {
  readonly #options: LoaderOptions
  readonly #versions = new Map<string, LoadedVersion>()
  readonly #loads = new Map<string, Promise<LoadedVersion>>()
  readonly #unloads = new Map<string, Promise<void>>()
  /** Private memory of versions in one worker, in bytes. */
  readonly #measured = new Map<string, number>()
  /** Memory for versions that are about to be loaded, in bytes. */
  #reserved = 0

  constructor(options: LoaderOptions) {
    this.#options = options
  }

  /** Every version that is loading, loaded or being unloaded. */
  get all(): LoadedVersion[] {
    return [...this.#versions.values()]
  }

  /** A version that is loading or loaded; undefined for one that is being unloaded. */
  get(name: string, version: string): LoadedVersion | undefined {
    const key = keyOf(name, version)
    return this.#unloads.has(key) ? undefined : this.#versions.get(key)
  }

  /** Private memory of all versions, in bytes. */
  get memoryBytes(): number {
    return this.all.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  }

  get memoryLimit(): number {
    return this.#options.memoryLimit
  }

  /**
   * Loads a version, or waits for its load in progress.
   *
   * @throws ServeryError `MODEL_LOAD_FAILED`, `VERSION_CONFLICT` as `VersionStore.open`; `NO_ROOM` if it does not fit into the memory
   */
  load(place: VersionPlace, reason: LoadReason): Promise<LoadedVersion> {
    const key = keyOf(place.name, place.version)
    const known = this.#loads.get(key)
    if (known !== undefined) return known
    const load = this.#load(key, place, reason).finally(() => this.#loads.delete(key))
    this.#loads.set(key, load)
    this.#observe(load, place)
    return load
  }

  /** Finishes the calls that use a version, then unloads it. */
  unload(version: LoadedVersion): Promise<void> {
    const key = keyOf(version.instance.name, version.instance.version)
    const known = this.#unloads.get(key)
    if (known !== undefined) return known
    const unload = version.unload().finally(() => {
      this.#unloads.delete(key)
      this.#versions.delete(key)
      this.#options.observer.unloaded(version.instance)
    })
    this.#unloads.set(key, unload)
    return unload
  }

  #observe(load: Promise<unknown>, place: VersionPlace): void {
    const startedAt = performance.now()
    const ended = (result: 'loaded' | 'failed') => () =>
      this.#options.observer.loadEnded(place, result, (performance.now() - startedAt) / 1_000)
    load.then(ended('loaded'), ended('failed'))
  }

  async #load(key: string, place: VersionPlace, reason: LoadReason): Promise<LoadedVersion> {
    const { store, createRunner, limits, observerOf, selfTest, logger } = this.#options
    await this.#unloads.get(key)
    const known = this.#versions.get(key)
    if (known !== undefined) return known
    const instance = await store.open(place)
    const isPinned = reason !== 'demand'
    const runner = createRunner(instance)
    const { isolation, concurrency } = runner.capabilities
    const copies = isPinned && isolation === 'process' ? concurrency : 1
    const expectedBytes = (this.#measured.get(key) ?? artifactBytes(instance)) * copies
    if (reason !== 'start') await this.#reserve(expectedBytes)
    const options = { limits, observer: observerOf(instance), isPinned, expectedBytes }
    const version = new LoadedVersion(instance, runner, options)
    version.hold() // until those who wait for this load hold it themselves
    this.#versions.set(key, version)
    if (reason !== 'start') this.#reserved -= expectedBytes
    try {
      await version.load({ ...startOptions(reason), memoryInWorker: this.#measured.get(key) }, selfTest, logger)
    } catch (error) {
      this.#versions.delete(key)
      throw error
    } finally {
      setImmediate(() => version.release())
    }
    store.loaded(instance)
    const { memoryInWorker } = version.engine
    if (memoryInWorker !== undefined) this.#measured.set(key, memoryInWorker)
    if (reason === 'start') this.#warnIfFull()
    else await this.#checkFits(version)
    return version
  }

  /** Unloads others if the version, now that it is measured, takes more than was free; itself if that cannot help. */
  async #checkFits(version: LoadedVersion): Promise<void> {
    const others = this.all.filter((each) => each !== version)
    const { fits, fitsLater, unload } = makeRoom(others, version.memoryBytes + this.#reserved, this.memoryLimit)
    if (!fits && fitsLater) void this.#someoneUnused().then(() => this.#trim())
    await Promise.all(unload.map((each) => this.unload(each)))
    if (fits || fitsLater) return
    setImmediate(() => void this.unload(version))
    throw this.#noRoom(version.memoryBytes)
  }

  /** Unloads what exceeds the limit, as soon as it is not in use. */
  async #trim(): Promise<void> {
    const { fits, fitsLater, unload } = makeRoom(this.all, this.#reserved, this.memoryLimit)
    await Promise.all(unload.map((each) => this.unload(each)))
    if (!fits && fitsLater) void this.#someoneUnused().then(() => this.#trim())
  }

  /** Resolves when a version that may be unloaded is not in use any more. */
  #someoneUnused(): Promise<void> {
    const inUse = this.all.filter((version) => !version.isPinned && version.isInUse)
    return Promise.race(inUse.map((version) => version.unused()))
  }

  /** Makes room for so many bytes, and keeps it until they are subtracted from `#reserved`. */
  async #reserve(bytes: number): Promise<void> {
    for (const end = performance.now() + LONGEST_WAIT_MS; ; ) {
      const { fits, fitsLater, unload } = makeRoom(this.all, bytes + this.#reserved, this.memoryLimit)
      if (fits) {
        this.#reserved += bytes
        await Promise.all(unload.map((version) => this.unload(version)))
        return
      }
      const left = end - performance.now()
      if (!fitsLater || left <= 0) throw this.#noRoom(bytes)
      await Promise.race([pause(left, undefined, { ref: false }), this.#someoneUnused()])
    }
  }

  #warnIfFull(): void {
    if (this.memoryBytes > this.memoryLimit) this.#options.logger.warn(this.#noRoom(0).message)
  }

  #noRoom(bytes: number): ServeryError {
    const [needed, used, limit] = [bytes, this.memoryBytes, this.memoryLimit].map(
      (each) => `${Math.ceil(each / 2 ** 20)} MiB`,
    )
    return new ServeryError(
      'NO_ROOM',
      `There is no room for another ${needed} of models: ${used} of ${limit} (SERVERY_MODEL_MEMORY_BYTES) are taken. Unload a version, or try again.`,
      { retryAfterSeconds: 1 },
    )
  }
}

/** What a version takes at least, as long as it has not been measured. */
function artifactBytes({ directory }: ModelInstance): number {
  if (directory === '') return 0
  const folder = artifactsDirectory(directory)
  const files = existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]) : []
  return files.reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0)
}

function startOptions(reason: LoadReason): StartOptions {
  return { everyWorker: reason !== 'demand', inBackground: reason !== 'start' }
}

function keyOf(name: string, version: string): string {
  return `${name} ${version}`
}
