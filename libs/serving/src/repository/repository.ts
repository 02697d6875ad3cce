/** The models of the server: their versions, the default, canary and shadow of each, and the version that answers a call. */
import { existsSync } from 'node:fs'
import { isServeryError, ServeryError } from '@servery/core'
import { keyOf, type VersionKey } from '../model/version-key.ts'
import { Canary } from './canary.ts'
import { type LoadedVersion, unloadedWhileLoading, type VersionState } from './loaded-version.ts'
import { Loader, type LoaderOptions, type LoadReason } from './loader.ts'
import { type CanarySettings, isInShare, type Role, type ShadowSettings } from './traffic.ts'
import type { VersionPlace, Versions } from './version-store.ts'

export type { EngineObserver } from '../engine/observer.ts'
export type { Answer, Timings } from '../engine/pending-request.ts'

/** A call, as far as it decides which version answers. */
export interface Choice {
  readonly model: string
  /** Default: the default version, or the canary. */
  readonly version?: string | undefined
  readonly requestId: string
  /** Whether the canary is to answer; default: by its share. */
  readonly canary?: boolean | undefined
}

/** A version that stays loaded until `version.release()` is called. */
export interface Chosen {
  readonly version: LoadedVersion
  readonly role: Role
  /** The trial for which the call counts: that of the model, unless the caller has chosen the version itself. */
  readonly trial?: Canary | undefined
}

/** A version as control routes show it. */
export interface VersionStatus {
  readonly version: string
  readonly state: VersionState | 'unloaded'
  readonly reason?: string | undefined
  readonly loaded?: LoadedVersion
}

interface Model {
  defaultVersion?: string
  canary?: Canary
  shadow?: ShadowSettings
}

interface Failure {
  readonly error: ServeryError
  readonly at: number
}

/** A version that could not be loaded on demand is tried again by a call after this time. */
const RETRY_FAILED_MS = 30_000
const WITHDRAWN = 'it was unloaded by an operator, and is not loaded on demand'
/** While memory is scarce, a version may be unloaded again before the call that asked for it holds it. */
const MAX_ATTEMPTS = 5
/** Loaded versions that an error names at most. */
const MAX_NAMED = 10

export class ModelRepository {
  readonly #store: Versions
  readonly #loader: Loader
  readonly #models = new Map<string, Model>()
  readonly #failures = new Map<string, Failure>()
  /** Versions to be loaded at start that have not been ready yet. */
  readonly #awaited = new Set<string>()
  /** Versions that an operator has unloaded: no call loads them. */
  readonly #withdrawn = new Set<string>()
  #isShuttingDown = false

  constructor(options: LoaderOptions) {
    this.#store = options.store
    this.#loader = new Loader(options)
    for (const name of this.#store.names) this.#keepDefault(name)
  }

  /** Every version that is loading, loaded or being unloaded. */
  get all(): readonly LoadedVersion[] {
    return this.#loader.all
  }

  /** Private memory of all versions and its limit, in bytes. */
  get memory(): { readonly used: number; readonly limit: number } {
    return { used: this.#loader.memoryBytes, limit: this.#loader.memoryLimit }
  }

  /**
   * True once everything to be loaded at start has been ready, and while the default version of every model can answer. Versions that
   * are loaded on demand, or that are still being loaded by an operator, and other versions do not affect it.
   */
  get isReady(): boolean {
    if (this.#isShuttingDown || this.#awaited.size > 0) return false
    const defaults = [...this.#models].map(([name, { defaultVersion }]) => this.#loader.get(name, defaultVersion ?? ''))
    const pinned = defaults.filter((version) => version?.isPinned && version.state !== 'loading')
    return (pinned.length > 0 || this.#store.names.length > 0) && pinned.every((version) => version?.isReady)
  }

  /** What keeps the server from being ready, one sentence for each version. */
  get obstacles(): string[] {
    const failed = [...this.#failures].filter(([key]) => this.#awaited.has(key)).map(([, { error }]) => error.message)
    return [...failed, ...this.all.filter(({ isReady }) => !isReady).map(({ stateSentence }) => stateSentence)]
  }

  /** True after `beginShutdown`. */
  get isShuttingDown(): boolean {
    return this.#isShuttingDown
  }

  /** Names of all models that have a version, loaded or in the repository on disk. */
  get names(): string[] {
    return [...new Set([...this.#models.keys(), ...this.#store.names])].sort()
  }

  /** @throws ServeryError `MODEL_NOT_FOUND` if the model has no version, loaded or in the repository on disk */
  checkKnown(name: string): void {
    if (!this.names.includes(name)) throw this.#notFound(name)
  }

  /** Every known version of a model. */
  versionsOf(name: string): VersionStatus[] {
    const loaded = this.all.filter(({ instance }) => instance.name === name)
    const failed = [...this.#failures.keys()]
      .filter((key) => key.startsWith(`${name} `))
      .map((key) => key.split(' ')[1]!)
    const versions = [...loaded.map(({ instance }) => instance.version), ...failed, ...this.#store.versionsOf(name)]
    return [...new Set(versions)].sort().map((version) => this.#statusOf(name, version))
  }

  /** The default version of a model, loaded or not; undefined if none is set and it has several. */
  defaultVersionOf(name: string): string | undefined {
    const set = this.#models.get(name)?.defaultVersion
    if (set !== undefined) return set
    const [only, ...others] = this.#store.versionsOf(name)
    return others.length === 0 ? only : undefined
  }

  canaryOf(name: string): Canary | undefined {
    return this.#models.get(name)?.canary
  }

  shadowOf(name: string): ShadowSettings | undefined {
    return this.#models.get(name)?.shadow
  }

  /** Announces the versions that will be loaded at start: until all have been ready, the server is not. */
  announce(versions: readonly VersionKey[]): void {
    for (const version of versions) this.#awaited.add(keyOf(version))
  }

  /** Whether a version that was announced has neither been ready yet nor been unloaded. */
  isAwaited(version: VersionKey): boolean {
    return this.#awaited.has(keyOf(version))
  }

  /**
   * Loads a version that stays until it is unloaded. The first version of a model becomes its default. For a version that is loaded
   * already, checks that its content is still the same.
   *
   * @throws ServeryError `MODEL_NOT_FOUND`, `MODEL_LOAD_FAILED`, `VERSION_CONFLICT`, `NO_ROOM`, `SHUTTING_DOWN`
   */
  async load(name: string, version: string, reason: Exclude<LoadReason, 'demand'> = 'control'): Promise<LoadedVersion> {
    if (this.#isShuttingDown) throw shuttingDown()
    const place = this.#store.find(name, version)
    if (place === undefined) throw noPlace(name, version, reason)
    const model = this.#keepDefault(name)
    const isFirst = model.defaultVersion === undefined
    if (isFirst) model.defaultVersion = version
    const loaded = await this.#loadAgain(place, reason).catch((error: unknown) => {
      if (isFirst) this.#forget(name, version)
      throw error
    })
    if (this.#loader.get(name, version) !== loaded) throw unloadedWhileLoading(version)
    this.#withdrawn.delete(keyOf({ name, version }))
    await this.#loader.keep(loaded)
    return loaded
  }

  /** Chooses the version that answers a call, and holds it; undefined if it is not loaded. @throws ServeryError `MODEL_NOT_FOUND` */
  chooseLoaded(choice: Choice): Chosen | undefined {
    const { version: wanted, ...chosen } = this.#route(choice)
    const version = this.#loader.get(choice.model, wanted)
    if (version === undefined || (version.state === 'loading' && !version.isPinned)) return undefined
    version.hold()
    return { version, ...chosen }
  }

  /**
   * As `chooseLoaded`, but loads a version that lies in the repository.
   *
   * @throws ServeryError `MODEL_NOT_FOUND`; `MODEL_NOT_READY` with the reason if the version cannot be loaded; `NO_ROOM`
   */
  async choose(choice: Choice): Promise<Chosen> {
    for (let attempt = 1; ; attempt += 1) {
      const chosen = this.chooseLoaded(choice)
      if (chosen !== undefined) return chosen
      const { version } = this.#route(choice)
      if (attempt > MAX_ATTEMPTS)
        throw this.#notReady(version, 'it is unloaded again and again, because memory is scarce')
      await this.#loadOnDemand(choice.model, version)
    }
  }

  /** @param version default: the default version @throws ServeryError `MODEL_NOT_FOUND` naming the loaded models, also for a version that is not loaded */
  get(name: string, version?: string): LoadedVersion {
    const loaded = this.#loader.get(name, version ?? this.defaultVersionOf(name) ?? '')
    if (loaded === undefined) throw this.#notFound(name, version)
    return loaded
  }

  /** Makes a loaded version the default, which answers calls without a version. @throws ServeryError `MODEL_NOT_FOUND`, `MODEL_NOT_READY` */
  setDefault(name: string, version: string): void {
    const model = this.#pinned(name, version, 'the default version')
    model.defaultVersion = version
    if (model.canary?.settings.version === version) delete model.canary
    if (model.shadow?.version === version) delete model.shadow
  }

  /** Lets a loaded version answer a share of the calls; a canary before it ends. @throws ServeryError as `setDefault`, `INVALID_INPUT` for the default version */
  setCanary(name: string, settings: CanarySettings): Canary {
    const model = this.#pinned(name, settings.version, 'a canary')
    checkOther(model, settings.version, 'a canary')
    model.canary = new Canary(settings)
    return model.canary
  }

  /** Lets a loaded version answer copies of calls. @throws ServeryError as `setCanary` */
  setShadow(name: string, settings: ShadowSettings): void {
    const model = this.#pinned(name, settings.version, 'a shadow')
    checkOther(model, settings.version, 'a shadow')
    model.shadow = settings
  }

  /** @throws ServeryError `MODEL_NOT_FOUND` */
  endCanary(name: string): void {
    this.checkKnown(name)
    delete this.#models.get(name)?.canary
  }

  /** @throws ServeryError `MODEL_NOT_FOUND` */
  endShadow(name: string): void {
    this.checkKnown(name)
    delete this.#models.get(name)?.shadow
  }

  /**
   * Finishes the calls that use a version, then removes it; the model is removed with its last version.
   * @throws ServeryError `MODEL_NOT_FOUND`, and `INVALID_INPUT` for the default version while the model has others
   */
  async unload(name: string, version: string): Promise<void> {
    const key = keyOf({ name, version })
    const versions = this.#loader.versionsOf(name)
    if (!versions.includes(version) && !this.#failures.has(key)) throw this.#notFound(name, version)
    const model = this.#models.get(name)
    const hasOthers = versions.some((other) => other !== version)
    if (model?.defaultVersion === version && hasOthers)
      throw new ServeryError(
        'INVALID_INPUT',
        `${version} is the default version of ${name}: make another one the default first.`,
      )
    this.#withdrawn.add(key)
    this.#awaited.delete(key)
    this.#failures.delete(key)
    if (model?.canary?.settings.version === version) model.canary.fail('its version was unloaded')
    if (model?.shadow?.version === version) delete model.shadow
    if (model?.defaultVersion === version) this.#models.delete(name)
    await this.#loader.unload({ name, version })
  }

  /** From now on the server reports that it is not ready; requests are still answered until `shutdown`. */
  beginShutdown(): void {
    this.#isShuttingDown = true
  }

  /** Refuses new work and finishes accepted work. */
  async shutdown(): Promise<void> {
    this.#isShuttingDown = true
    await Promise.all(this.all.map((version) => version.drain()))
  }

  /** Releases what versions hold in this process, after the workers have been stopped. */
  async release(): Promise<void> {
    await Promise.allSettled(this.all.map(({ engine }) => engine.shutdown()))
  }

  #route({ model: name, version, requestId, canary: wanted }: Choice): Omit<Chosen, 'version'> & { version: string } {
    if (version !== undefined) return { version, role: 'named' }
    const canary = this.#models.get(name)?.canary
    // Calls whose version the caller has chosen are no random sample.
    const trial = canary?.verdict === 'undecided' && wanted === undefined ? canary : undefined
    if (canary !== undefined && canary.verdict !== 'failed') {
      const { version: tried, share } = canary.settings
      if (wanted ?? isInShare(requestId, `canary ${name} ${tried}`, share))
        return { version: tried, role: 'canary', trial }
    }
    const known = this.defaultVersionOf(name)
    if (known === undefined) throw this.#notFound(name)
    if (!this.#models.has(name)) this.#keepDefault(name)
    return { version: known, role: 'default', trial }
  }

  async #loadOnDemand(name: string, version: string): Promise<void> {
    const key = keyOf({ name, version })
    const place = this.#store.find(name, version)
    if (!place?.isInRepository || this.#withdrawn.has(key)) throw this.#notFound(name, version)
    if (this.#isShuttingDown) throw shuttingDown()
    const failure = this.#failures.get(key)
    if (failure !== undefined && performance.now() - failure.at < RETRY_FAILED_MS)
      throw this.#notReady(version, failure.error.message)
    try {
      await this.#load(place, 'demand')
    } catch (error) {
      if (isServeryError(error) && ['NO_ROOM', 'SHUTTING_DOWN'].includes(error.code)) throw error
      throw this.#notReady(version, error instanceof Error ? error.message : String(error))
    }
  }

  /** Loads a version; one that has lost its workers from the beginning, and one that is loaded only if its content is still the same. */
  async #loadAgain(place: VersionPlace, reason: LoadReason): Promise<LoadedVersion> {
    const known = this.#loader.get(place.name, place.version)
    if (known?.state === 'failed') await this.#loader.unload(place)
    else if (known !== undefined) await this.#store.open(place)
    return this.#load(place, reason)
  }

  async #load(place: VersionPlace, reason: LoadReason): Promise<LoadedVersion> {
    const key = keyOf(place)
    try {
      const loaded = await this.#loader.load(place, reason)
      this.#failures.delete(key)
      if (this.#awaited.delete(key)) loaded.isPinned = true
      return loaded
    } catch (error) {
      if (this.#isShuttingDown) throw shuttingDown()
      const failure = publicError(error, place)
      if (failure.code !== 'NO_ROOM' && this.#mayRecord(place))
        this.#failures.set(key, { error: failure, at: performance.now() })
      throw reason === 'start' && isServeryError(error) ? error : failure // the console may show folders
    }
  }

  /** Names that callers make up are not recorded, nor a load that was ended by an unload. */
  #mayRecord(place: VersionPlace): boolean {
    if (this.#awaited.has(keyOf(place))) return true
    return !this.#withdrawn.has(keyOf(place)) && (place.directory === '' || existsSync(place.directory))
  }

  /** The only version of a model is its default, and stays it when others come. */
  #keepDefault(name: string): Model {
    const model = this.#models.get(name) ?? {}
    const defaultVersion = this.defaultVersionOf(name)
    if (defaultVersion !== undefined) model.defaultVersion = defaultVersion
    this.#models.set(name, model)
    return model
  }

  /** A version that could not be loaded is no default, and its model unknown if it has no other version. */
  #forget(name: string, version: string): void {
    const model = this.#models.get(name)
    const versions = this.#loader.versionsOf(name)
    if (versions.includes(version)) return // it is being loaded again
    if (model?.defaultVersion === version) delete model.defaultVersion
    if (versions.length === 0) this.#models.delete(name)
  }

  /** The model of a version that is ready, which from now on is not unloaded to make room. */
  #pinned(name: string, version: string, what: string): Model {
    const loaded = this.get(name, version)
    if (!loaded.isReady) throw new ServeryError('MODEL_NOT_READY', `${loaded.stateSentence}; it cannot become ${what}.`)
    loaded.isPinned = true
    return this.#keepDefault(name)
  }

  #statusOf(name: string, version: string): VersionStatus {
    const loaded = this.all.find(({ instance }) => instance.name === name && instance.version === version)
    if (loaded !== undefined) return { version, state: loaded.state, reason: loaded.reason, loaded }
    const failure = this.#failures.get(keyOf({ name, version }))
    if (failure !== undefined) return { version, state: 'failed', reason: failure.error.message }
    const isWithdrawn = this.#withdrawn.has(keyOf({ name, version }))
    return { version, state: 'unloaded', ...(isWithdrawn ? { reason: WITHDRAWN } : {}) }
  }

  #notFound(name: string, version = this.defaultVersionOf(name)): ServeryError {
    if (
      this.#awaited.has(keyOf({ name, version: version ?? '' })) &&
      !this.#failures.has(keyOf({ name, version: version ?? '' }))
    )
      return this.#notReady(version as string, 'it is loading')
    const several = this.versionsOf(name).length > 1
    if (version === undefined && several)
      return new ServeryError(
        'MODEL_NOT_FOUND',
        `${name.slice(0, 64)} has several versions and no default: name one, or set the default.`,
      )
    if (version !== undefined && this.#withdrawn.has(keyOf({ name, version })))
      return new ServeryError('MODEL_NOT_FOUND', `${version} of ${name} cannot answer: ${WITHDRAWN}.`)
    const loaded = this.all.map(({ instance }) => `${instance.name} ${instance.version}`)
    const more = loaded.length > MAX_NAMED ? `, and ${loaded.length - MAX_NAMED} more` : ''
    const known = loaded.slice(0, MAX_NAMED).join(', ') + more
    const wanted = version === undefined ? name : `${name} in version ${version}`
    return new ServeryError('MODEL_NOT_FOUND', `There is no model ${wanted} here; loaded: ${known || 'none'}.`)
  }

  #notReady(version: string, reason: string): ServeryError {
    return new ServeryError('MODEL_NOT_READY', `${version} cannot answer: ${reason.replace(/\.$/, '')}.`, {
      retryAfterSeconds: 1,
    })
  }
}

function noPlace(name: string, version: string, reason: LoadReason): ServeryError {
  return new ServeryError(
    reason === 'start' ? 'MODEL_LOAD_FAILED' : 'MODEL_NOT_FOUND',
    `There is no place for ${version} of ${name}: no folder ${name}/${version} in SERVERY_MODEL_REPOSITORY, and no project ${name} in this server.`,
  )
}

/** The error of a load as callers may see it: without the folders of this machine. */
function publicError(error: unknown, { name, version, directory }: VersionPlace): ServeryError {
  const message = error instanceof Error ? error.message : String(error)
  const code = isServeryError(error) ? error.code : 'MODEL_LOAD_FAILED'
  const sentence = directory === '' ? message : message.replaceAll(directory, `${name}/${version}`)
  const { retryAfterSeconds } = isServeryError(error) ? error : {}
  return new ServeryError(code, sentence, { cause: error, ...(retryAfterSeconds ? { retryAfterSeconds } : {}) })
}

function checkOther({ defaultVersion }: Model, version: string, what: string): void {
  if (defaultVersion !== version) return
  throw new ServeryError('INVALID_INPUT', `${version} is the default version: it cannot be ${what} of itself.`)
}

function shuttingDown(): ServeryError {
  return new ServeryError('SHUTTING_DOWN', 'The server is shutting down.', { retryAfterSeconds: 1 })
}
