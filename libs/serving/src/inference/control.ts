/** What an operator does with the models of a running server. Every change is written to the log. */
import type { Logger } from '@servery/core'
import type { ModelRepository } from '../repository/repository.ts'
import type { CanarySettings, ShadowSettings } from '../repository/traffic.ts'

export { canarySettings, shadowSettings } from '../repository/traffic.ts'

/** The models of the server, as control routes show them. */
export interface RepositoryIndex {
  readonly models: readonly ModelIndex[]
  readonly memory: { readonly used_bytes: number; readonly limit_bytes: number }
}

export interface ModelIndex {
  readonly name: string
  readonly default?: string | undefined
  readonly versions: readonly VersionIndex[]
  readonly canary?: object
  readonly shadow?: ShadowSettings | undefined
}

interface VersionIndex {
  readonly version: string
  readonly state: string
  readonly reason?: string | undefined
  readonly digest?: string | undefined
  /** Whether it is unloaded when others need its memory. */
  readonly on_demand?: boolean
  readonly workers?: number
  readonly memory_bytes?: number
}

export class Control {
  readonly #repository: ModelRepository
  readonly #logger: Logger

  constructor(repository: ModelRepository, logger: Logger) {
    this.#repository = repository
    this.#logger = logger
  }

  list(): RepositoryIndex {
    const { used, limit } = this.#repository.memory
    return {
      models: this.#repository.names.map((name) => this.model(name)),
      memory: { used_bytes: used, limit_bytes: limit },
    }
  }

  model(name: string): ModelIndex {
    const repository = this.#repository
    const canary = repository.canaryOf(name)
    return {
      name,
      default: repository.defaultVersionOf(name),
      versions: repository.versionsOf(name).map(({ version, state, reason, loaded }) => ({
        version,
        state,
        reason,
        ...(loaded === undefined
          ? {}
          : {
              digest: loaded.instance.digest,
              on_demand: !loaded.isPinned,
              workers: loaded.workers,
              memory_bytes: loaded.memoryBytes,
            }),
      })),
      ...(canary === undefined ? {} : { canary: { ...canary.settings, ...canary.report } }),
      shadow: repository.shadowOf(name),
    }
  }

  /** @throws ServeryError as `ModelRepository.load` */
  async load(model: string, version: string): Promise<ModelIndex> {
    await this.#repository.load(model, version)
    return this.#done(model, 'version loaded', { version })
  }

  /** @throws ServeryError as `ModelRepository.unload` */
  async unload(model: string, version: string): Promise<ModelIndex> {
    await this.#repository.unload(model, version)
    return this.#done(model, 'version unloaded', { version })
  }

  /** @throws ServeryError as `ModelRepository.setDefault` */
  setDefault(model: string, version: string): ModelIndex {
    this.#repository.setDefault(model, version)
    return this.#done(model, 'default version set', { version })
  }

  /** @throws ServeryError as `ModelRepository.setCanary` */
  setCanary(model: string, settings: CanarySettings): ModelIndex {
    this.#repository.setCanary(model, settings)
    return this.#done(model, 'canary started', { version: settings.version, settings })
  }

  endCanary(model: string): ModelIndex {
    const version = this.#repository.canaryOf(model)?.settings.version
    this.#repository.endCanary(model)
    return this.#done(model, 'canary ended', { version })
  }

  /** @throws ServeryError as `ModelRepository.setShadow` */
  setShadow(model: string, settings: ShadowSettings): ModelIndex {
    this.#repository.setShadow(model, settings)
    return this.#done(model, 'shadow started', { version: settings.version, settings })
  }

  endShadow(model: string): ModelIndex {
    const version = this.#repository.shadowOf(model)?.version
    this.#repository.endShadow(model)
    return this.#done(model, 'shadow ended', { version })
  }

  #done(model: string, what: string, fields: object): ModelIndex {
    this.#logger.info({ model, ...fields }, what)
    return this.model(model)
  }
}
