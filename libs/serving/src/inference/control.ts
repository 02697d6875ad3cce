/** What an operator does with the models of a running server. Every change is written to the log. */
import type { Logger } from '@servery/core'
import { type Static, Type } from '@servery/schema'
import type { ModelRepository } from '../repository/repository.ts'
import {
  type CanarySettings,
  canaryReport,
  canarySettings,
  checkCanBeJudged,
  type ShadowSettings,
  shadowSettings,
} from '../repository/traffic.ts'

export { canarySettings, shadowSettings }

const versionIndex = Type.Object({
  version: Type.String(),
  state: Type.String({ description: 'unloaded, loading, ready, draining or failed' }),
  reason: Type.Optional(Type.String({ description: 'Why it cannot answer' })),
  digest: Type.Optional(Type.String({ description: 'SHA-256 of its manifest' })),
  on_demand: Type.Optional(Type.Boolean({ description: 'Whether it is unloaded when others need its memory' })),
  workers: Type.Optional(Type.Integer({ description: 'Workers that have loaded it' })),
  memory_bytes: Type.Optional(
    Type.Number({ description: 'Private memory in all workers, measured when it was loaded' }),
  ),
})

/** A model with its versions, loaded or not, as control routes show it. */
export const modelIndex = Type.Object({
  name: Type.String(),
  default: Type.Optional(Type.String({ description: 'Version that answers calls without a version' })),
  versions: Type.Array(versionIndex),
  canary: Type.Optional(Type.Object({ ...canarySettings.properties, ...canaryReport.properties })),
  shadow: Type.Optional(shadowSettings),
})
export type ModelIndex = Static<typeof modelIndex>

export const repositoryIndex = Type.Object({
  models: Type.Array(modelIndex),
  memory: Type.Object({
    used_bytes: Type.Number({ description: 'Private memory of all versions' }),
    limit_bytes: Type.Number({ description: 'SERVERY_MODEL_MEMORY_BYTES' }),
  }),
})
export type RepositoryIndex = Static<typeof repositoryIndex>

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
      models: this.#repository.names.map((name) => this.#indexOf(name)),
      memory: { used_bytes: used, limit_bytes: limit },
    }
  }

  /** @throws ServeryError `MODEL_NOT_FOUND` */
  model(name: string): ModelIndex {
    this.#repository.checkKnown(name)
    return this.#indexOf(name)
  }

  #indexOf(name: string): ModelIndex {
    const repository = this.#repository
    const canary = repository.canaryOf(name)
    const index = {
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
    return index as ModelIndex
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

  /** @throws ServeryError as `ModelRepository.setCanary`, `INVALID_INPUT` for settings that allow no verdict */
  setCanary(model: string, settings: CanarySettings): ModelIndex {
    checkCanBeJudged(settings)
    this.#repository.setCanary(model, settings)
    return this.#done(model, 'canary started', { version: settings.version, settings })
  }

  /** @throws ServeryError `MODEL_NOT_FOUND` */
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

  /** @throws ServeryError `MODEL_NOT_FOUND` */
  endShadow(model: string): ModelIndex {
    const version = this.#repository.shadowOf(model)?.version
    this.#repository.endShadow(model)
    return this.#done(model, 'shadow ended', { version })
  }

  #done(model: string, what: string, fields: object): ModelIndex {
    this.#logger.info({ model, ...fields }, what)
    return this.#indexOf(model)
  }
}
