/**
 * Loads versions: each only once at a time, within the memory that they may take together. Versions that were loaded on demand make
 * room for others.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isServeryError, type Logger, ServeryError } from '@servery/core'
import { artifactsDirectory } from '@servery/model-version'
import type { AdmissionLimits } from '../engine/admission.ts'
import type { EngineObserver } from '../engine/observer.ts'
import type { ModelInstance } from '../model/model.ts'
import { keyOf, type VersionKey } from '../model/version-key.ts'
import type { Runner, StartOptions } from '../workers/runner.ts'
import { LoadedVersion, unloadedWhileLoading } from './loaded-version.ts'
import { makeRoom } from './room.ts'
import type { SelfTest } from './self-test.ts'
import type { VersionPlace, Versions } from './version-store.ts'

/** How a load ended; `refused`: there was no room. */
export type LoadResult = 'loaded' | 'failed' | 'refused'

/** The events that the loader reports, for metrics. */
export interface LoadObserver {
  loadEnded(version: VersionKey, result: LoadResult, seconds: number): void
  unloaded(version: VersionKey): void
}

export interface LoaderOptions {
  readonly store: Versions
  readonly createRunner: (instance: ModelInstance) => Runner
  /** Worker processes, each of which hosts a pinned version. Default: 1. */
  readonly poolSize?: number
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

/** A version from the beginning of its load to the end of its unload. */
interface Life {
  readonly key: VersionKey
  /** Ends the load, with the reason. */
  readonly cancel: AbortController
  load: Promise<LoadedVersion>
  version?: LoadedVersion
  /** Lets the version be unloaded, which the loader prevents until those who wait for the load hold it themselves. */
  letGo?: () => void
  unload?: Promise<void>
}

/** Longest wait for versions that are in use, when there is no room without unloading one of them. */
const LONGEST_WAIT_MS = 10_000

export class Loader {
  readonly #options: LoaderOptions
  /** The latest life of each version; an earlier one ends before its load begins. */
  readonly #lives = new Map<string, Life>()
  readonly #versions = new Set<LoadedVersion>()
  readonly #lifeOfVersion = new WeakMap<LoadedVersion, Life>()
  /** Private memory of versions in one worker, in bytes. */
  readonly #measured = new Map<string, number>()
  /** Memory for versions that are about to be loaded, in bytes. */
  #reserved = 0

  constructor(options: LoaderOptions) {
    this.#options = options
  }

  /** Every version that is loading, loaded or being unloaded. */
  get all(): LoadedVersion[] {
    return [...this.#versions]
  }

  /** A version that is loading or loaded; undefined for one that is being unloaded. */
  get(name: string, version: string): LoadedVersion | undefined {
    return this.#lifeOf({ name, version })?.version
  }

  /** The versions of a model that are loading or loaded, those whose folder is still being read included. */
  versionsOf(name: string): string[] {
    const lives = [...this.#lives.values()].filter(({ key, unload }) => key.name === name && unload === undefined)
    return lives.map(({ key }) => key.version)
  }

  /** Private memory of all versions, in bytes. */
  get memoryBytes(): number {
    return this.all.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  }

  get memoryLimit(): number {
    return this.#options.memoryLimit
  }

  /**
   * Loads a version, or waits for its load in progress. One that is being unloaded is loaded afterwards.
   *
   * @throws ServeryError `MODEL_LOAD_FAILED`, `VERSION_CONFLICT` as `VersionStore.open`; `NO_ROOM` if it does not fit into the memory
   */
  load(place: VersionPlace, reason: LoadReason): Promise<LoadedVersion> {
    const known = this.#lifeOf(place)
    if (known !== undefined) return known.load
    const { name, version } = place
    const previous = this.#lives.get(keyOf(place))?.unload
    const life = { key: { name, version }, cancel: new AbortController() } as Life
    life.load = this.#observed(place, reason, async () => {
      await previous
      return this.#load(life, place, reason)
    })
    this.#lives.set(keyOf(place), life)
    life.load.catch(() => {
      if (life.unload === undefined) this.#forget(life)
    })
    return life.load
  }

  /** Finishes the calls that use a version, then unloads it; ends its load if it is still loading. Never rejects. */
  async unload(key: VersionKey): Promise<void> {
    const life = this.#lives.get(keyOf(key))
    if (life !== undefined) await this.#end(life)
  }

  /**
   * Keeps a version that was loaded on demand, and loads it into every worker.
   * @throws ServeryError `NO_ROOM` if it does not fit there: then it stays as it was
   */
  async keep(version: LoadedVersion): Promise<void> {
    const wasPinned = version.isPinned
    version.isPinned = true
    const copies = this.#copiesOf(version.instance, true)
    if (!version.maySpread || version.copies >= copies) return
    const bytes = this.#bytesInWorker(version) * copies
    try {
      const release = await this.#reserve(bytes - version.memoryBytes)
      version.spread(copies, bytes)
      release()
    } catch (error) {
      version.isPinned = wasPinned
      throw error
    }
  }

  #lifeOf(key: VersionKey): Life | undefined {
    const life = this.#lives.get(keyOf(key))
    return life?.unload === undefined ? life : undefined
  }

  #forget(life: Life): void {
    if (this.#lives.get(keyOf(life.key)) === life) this.#lives.delete(keyOf(life.key))
  }

  async #load(life: Life, place: VersionPlace, reason: LoadReason): Promise<LoadedVersion> {
    const { store, selfTest, logger } = this.#options
    const { signal } = life.cancel
    signal.throwIfAborted()
    const instance = await store.open(place)
    signal.throwIfAborted()
    const version = await this.#create(life, instance, reason)
    try {
      await version.load(this.#startOptions(version, reason), selfTest, logger)
      store.loaded(instance)
      const { memoryInWorker } = version.engine
      if (memoryInWorker !== undefined) this.#measured.set(keyOf(instance), memoryInWorker)
      if (reason === 'start') this.#warnIfFull()
      else await this.#checkFits(version)
      signal.throwIfAborted()
    } catch (error) {
      if (life.unload === undefined) this.#versions.delete(version)
      throw error
    } finally {
      setImmediate(() => life.letGo?.())
    }
    return version
  }

  /** Makes room for a version, and only then creates what runs it. */
  async #create(life: Life, instance: ModelInstance, reason: LoadReason): Promise<LoadedVersion> {
    const { signal } = life.cancel
    const { createRunner, limits, observerOf } = this.#options
    const isPinned = reason !== 'demand'
    const copies = this.#copiesOf(instance, isPinned)
    const expectedBytes = (this.#measured.get(keyOf(instance)) ?? artifactBytes(instance)) * copies
    const release = reason === 'start' ? () => {} : await this.#reserve(expectedBytes, signal)
    try {
      signal.throwIfAborted()
      const options = { limits, observer: observerOf(instance), isPinned, copies, expectedBytes }
      const version = new LoadedVersion(instance, createRunner(instance), options)
      this.#hold(life, version)
      return version
    } finally {
      release()
    }
  }

  #hold(life: Life, version: LoadedVersion): void {
    life.version = version
    this.#versions.add(version)
    this.#lifeOfVersion.set(version, life)
    version.hold()
    life.letGo = () => {
      delete life.letGo
      version.release()
    }
  }

  #end(life: Life): Promise<void> {
    life.unload ??= this.#unload(life)
    return life.unload
  }

  async #unload(life: Life): Promise<void> {
    const { observer, logger } = this.#options
    const { name: model, version } = life.key
    life.cancel.abort(unloadedWhileLoading(version))
    if (life.version !== undefined) {
      life.version.isPinned = false // its memory will be free
      life.letGo?.()
      await life.version.unload().catch((error: unknown) => {
        logger.warn({ model, version, reason: messageOf(error) }, 'unload failed')
      })
    }
    const wasLoaded = await life.load.then(
      () => true,
      () => false,
    )
    if (life.version !== undefined) this.#versions.delete(life.version)
    this.#forget(life)
    if (wasLoaded) observer.unloaded(life.key)
  }

  /** Unloads a version because others need its memory. A next life of the same version may be waiting for that already. */
  async #evict(version: LoadedVersion): Promise<void> {
    const { instance, memoryBytes } = version
    const life = this.#lifeOfVersion.get(version) as Life
    const isUnloading = life.unload !== undefined
    const startedAt = performance.now()
    await this.#end(life)
    if (!isUnloading)
      this.#options.logger.info(
        { ...fieldsOf(instance, startedAt), memory_bytes: memoryBytes },
        'unloaded to make room',
      )
  }

  /** Counts a load and writes its end to the log. */
  async #observed(key: VersionKey, reason: LoadReason, load: () => Promise<LoadedVersion>): Promise<LoadedVersion> {
    const { observer, logger } = this.#options
    const startedAt = performance.now()
    const ended = (result: LoadResult) => observer.loadEnded(key, result, (performance.now() - startedAt) / 1_000)
    try {
      const version = await load()
      ended('loaded')
      const { memoryBytes, instance } = version
      const fields = { ...fieldsOf(key, startedAt), memory_bytes: memoryBytes, digest: instance.digest }
      logger.info(fields, MESSAGES[reason])
      return version
    } catch (error) {
      ended(isServeryError(error) && error.code === 'NO_ROOM' ? 'refused' : 'failed')
      logger.warn({ ...fieldsOf(key, startedAt), reason: messageOf(error) }, 'load failed')
      throw error
    }
  }

  #startOptions(version: LoadedVersion, reason: LoadReason): StartOptions {
    return {
      everyWorker: reason !== 'demand',
      inBackground: reason !== 'start',
      memoryInWorker: this.#measured.get(keyOf(version.instance)),
      mayGrow: () => this.memoryBytes + this.#reserved + this.#bytesInWorker(version) <= this.memoryLimit,
    }
  }

  #copiesOf({ definition, settings }: ModelInstance, isPinned: boolean): number {
    const runner = definition.runnerFor?.(settings as never) ?? definition.runner
    return isPinned && runner === 'process' ? (this.#options.poolSize ?? 1) : 1
  }

  /** Private memory of a loaded version in one worker, in bytes: as measured, or its mean. */
  #bytesInWorker({ instance, memoryBytes, workers }: LoadedVersion): number {
    return this.#measured.get(keyOf(instance)) ?? memoryBytes / Math.max(1, workers)
  }

  /** Unloads others if the version, now that it is measured, takes more than was free; itself if that cannot help. */
  async #checkFits(version: LoadedVersion): Promise<void> {
    const others = this.all.filter((each) => each !== version)
    const { memoryBytes } = version
    const { fits, fitsLater, unload } = makeRoom(others, memoryBytes + this.#reserved, this.memoryLimit)
    if (!fits && !fitsLater) {
      void this.unload(version.instance)
      throw this.#noRoom(memoryBytes)
    }
    if (!fits) this.#trimLater()
    await Promise.all(unload.map((each) => this.#evict(each)))
  }

  /** Unloads what exceeds the limit, as soon as it is not in use. */
  #trimLater(): void {
    void this.#someoneUnused().then(async () => {
      const { fits, fitsLater, unload } = makeRoom(this.all, this.#reserved, this.memoryLimit)
      if (!fits && fitsLater) this.#trimLater()
      await Promise.all(unload.map((each) => this.#evict(each)))
    })
  }

  /** Resolves when a version that may be unloaded is not in use any more. */
  #someoneUnused(): Promise<void> {
    const inUse = this.all.filter((version) => !version.isPinned && version.isInUse)
    return Promise.race(inUse.map((version) => version.unused()))
  }

  /** Makes room for so many bytes. @returns ends the reservation */
  async #reserve(bytes: number, signal = new AbortController().signal): Promise<() => void> {
    for (const end = performance.now() + LONGEST_WAIT_MS; ; signal.throwIfAborted()) {
      const { fits, fitsLater, unload } = makeRoom(this.all, bytes + this.#reserved, this.memoryLimit)
      if (fits) {
        this.#reserved += bytes
        await Promise.all(unload.map((version) => this.#evict(version)))
        return () => {
          this.#reserved -= bytes
        }
      }
      const left = end - performance.now()
      if (!fitsLater || left <= 0) throw this.#noRoom(bytes)
      await this.#someoneUnusedWithin(left, signal)
    }
  }

  /** As `#someoneUnused`, but resolves after so many milliseconds at the latest, or when the signal aborts. */
  async #someoneUnusedWithin(ms: number, signal: AbortSignal): Promise<void> {
    const found = new AbortController()
    const timeout = pause(ms, undefined, { ref: false, signal: AbortSignal.any([signal, found.signal]) })
    await Promise.race([timeout.catch(() => {}), this.#someoneUnused()])
    found.abort()
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

const MESSAGES = { start: 'loaded at start', control: 'loaded by an operator', demand: 'loaded on demand' } as const

function fieldsOf({ name, version }: VersionKey, startedAt: number) {
  return { model: name, version, ms: Math.round(performance.now() - startedAt) }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** What a version takes at least, as long as it has not been measured. */
function artifactBytes({ directory }: ModelInstance): number {
  if (directory === '') return 0
  const folder = artifactsDirectory(directory)
  const files = existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]) : []
  return files.reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0)
}
