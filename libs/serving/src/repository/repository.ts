/** The loaded model versions, by name and version, and the default version of each model. */
import { type Logger, ServeryError } from '@servery/core'
import type { AdmissionLimits } from '../engine/admission.ts'
import type { EngineObserver } from '../engine/observer.ts'
import type { ModelInstance } from '../model/model.ts'
import type { Runner } from '../workers/runner.ts'
import { LoadedVersion } from './loaded-version.ts'
import type { SelfTest } from './self-test.ts'

export type { Answer, Timings } from '../engine/pending-request.ts'
export type { EngineObserver }

export interface RepositoryOptions {
  readonly createRunner: (instance: ModelInstance) => Runner
  readonly limits: AdmissionLimits
  readonly observerOf: (instance: ModelInstance) => EngineObserver
  readonly selfTest: SelfTest
  readonly logger: Logger
}

/** The versions of one model. */
interface Model {
  readonly versions: Map<string, LoadedVersion>
  defaultVersion: LoadedVersion
}

export class ModelRepository {
  readonly #options: RepositoryOptions
  readonly #models = new Map<string, Model>()
  #isShuttingDown = false

  constructor(options: RepositoryOptions) {
    this.#options = options
  }

  get all(): readonly LoadedVersion[] {
    return [...this.#models.values()].flatMap(({ versions }) => [...versions.values()])
  }

  /** True if the default version of every model can answer. Other versions that are loading do not affect it. */
  get isReady(): boolean {
    const models = [...this.#models.values()]
    return !this.#isShuttingDown && models.length > 0 && models.every(({ defaultVersion }) => defaultVersion.isReady)
  }

  /** True after `beginShutdown`. */
  get isShuttingDown(): boolean {
    return this.#isShuttingDown
  }

  /**
   * Registers a version and loads it. The first version of a model becomes its default.
   * @throws ServeryError `MODEL_LOAD_FAILED`, also if this version of the model is already loaded
   */
  async load(instance: ModelInstance): Promise<void> {
    const { createRunner, limits, observerOf, selfTest, logger } = this.#options
    const { name, version } = instance
    const known = this.#models.get(name)?.versions.get(version)
    if (known !== undefined && !known.failedToLoad)
      throw new ServeryError('MODEL_LOAD_FAILED', `${version} of ${name} is already loaded.`)
    const loading = new LoadedVersion(instance, createRunner(instance), { limits, observer: observerOf(instance) })
    const model = this.#models.get(name) ?? { versions: new Map(), defaultVersion: loading }
    this.#models.set(name, model)
    model.versions.set(version, loading)
    if (model.defaultVersion.failedToLoad) model.defaultVersion = loading
    try {
      await loading.load(selfTest, logger)
    } catch (error) {
      // A version that fails to load is removed, unless it is the only one: then its state shows the failure.
      if (model.defaultVersion !== loading) model.versions.delete(version)
      throw error
    }
  }

  /** Makes a loaded version the default, which answers requests without a version. @throws ServeryError `MODEL_NOT_FOUND`, `MODEL_NOT_READY` */
  setDefault(name: string, version: string): void {
    const loaded = this.get(name, version)
    if (!loaded.isReady)
      throw new ServeryError('MODEL_NOT_READY', `${loaded.stateSentence}; it cannot become the default version.`)
    ;(this.#models.get(name) as Model).defaultVersion = loaded
  }

  /** @param version default: the default version @throws ServeryError `MODEL_NOT_FOUND` naming the loaded models */
  get(name: string, version?: string): LoadedVersion {
    const model = this.#models.get(name)
    const loaded = version === undefined ? model?.defaultVersion : model?.versions.get(version)
    if (loaded !== undefined) return loaded
    const known = this.all.map(({ instance }) => `${instance.name} ${instance.version}`).join(', ')
    const wanted = version === undefined ? name : `${name} in version ${version}`
    throw new ServeryError('MODEL_NOT_FOUND', `There is no model ${wanted} here; loaded: ${known || 'none'}.`)
  }

  /**
   * Finishes the accepted work of a version, then removes it; the model is removed with its last version.
   * @throws ServeryError `MODEL_NOT_FOUND`, and `INVALID_INPUT` for the default version while the model has others
   */
  async unload(name: string, version: string): Promise<void> {
    const loaded = this.get(name, version)
    const model = this.#models.get(name) as Model
    if (model.defaultVersion === loaded && model.versions.size > 1)
      throw new ServeryError(
        'INVALID_INPUT',
        `${version} is the default version of ${name}: make another one the default first.`,
      )
    await loaded.shutdown()
    model.versions.delete(version)
    if (model.versions.size === 0) this.#models.delete(name)
  }

  /** From now on the server reports that it is not ready; requests are still answered until `shutdown`. */
  beginShutdown(): void {
    this.#isShuttingDown = true
  }

  /** Finishes the accepted work and stops all versions. */
  async shutdown(): Promise<void> {
    await Promise.all(this.all.map((version) => version.shutdown()))
  }
}
