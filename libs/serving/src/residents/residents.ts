/** Which model versions are loaded, and which version of a model answers when a request names none. */
import { type Logger, ServeryError } from '@servery/core'
import type { EngineOptions } from '../engine/engine.ts'
import type { ModelInstance } from '../model/model.ts'
import type { Runner } from '../workers/runner.ts'
import { Resident } from './resident.ts'
import type { SelfTest } from './self-test.ts'

export interface ResidentsOptions {
  readonly createRunner: (instance: ModelInstance) => Runner
  readonly engineOptions: (instance: ModelInstance) => EngineOptions
  readonly selfTest: SelfTest
  readonly logger: Logger
}

export class Residents {
  readonly #options: ResidentsOptions
  readonly #byVersion = new Map<string, Resident>()
  readonly #activeByName = new Map<string, Resident>()
  #isLeaving = false

  constructor(options: ResidentsOptions) {
    this.#options = options
  }

  get all(): readonly Resident[] {
    return [...this.#byVersion.values()]
  }

  /** True when every model can answer. A version that is loaded beside the one that answers takes nothing away. */
  get isReady(): boolean {
    const active = [...this.#activeByName.values()]
    return !this.#isLeaving && active.length > 0 && active.every((resident) => resident.isReady)
  }

  /** Registers a version and loads it. The first version of a name becomes the active one. @throws ServeryError `MODEL_LOAD_FAILED` */
  async load(instance: ModelInstance): Promise<void> {
    const { createRunner, engineOptions, selfTest, logger } = this.#options
    const resident = new Resident(instance, createRunner(instance), engineOptions(instance))
    this.#byVersion.set(instance.version, resident)
    if (!this.#activeByName.has(instance.name)) this.#activeByName.set(instance.name, resident)
    try {
      await resident.load(selfTest, logger)
    } catch (error) {
      // Beside another version that answers, one that does not load is as if it had never been.
      if (this.#activeByName.get(instance.name) !== resident) this.#byVersion.delete(instance.version)
      throw error
    }
  }

  /** Makes a loaded version the one that answers when a request names none. */
  activate(version: string): void {
    const resident = this.#byVersion.get(version)
    if (!resident?.isReady)
      throw new ServeryError('MODEL_NOT_READY', `Version ${version} is not ready and cannot be activated.`)
    this.#activeByName.set(resident.instance.name, resident)
  }

  /** @throws ServeryError `MODEL_NOT_FOUND` naming what there is */
  get(name: string, version?: string): Resident {
    const resident = version === undefined ? this.#activeByName.get(name) : this.#byVersion.get(version)
    if (resident?.instance.name === name) return resident
    const known = this.all.map(({ instance }) => `${instance.name} ${instance.version}`).join(', ')
    const wanted = version === undefined ? name : `${name} in version ${version}`
    throw new ServeryError('MODEL_NOT_FOUND', `There is no model ${wanted} here; loaded: ${known || 'none'}.`)
  }

  /** Drains one version and takes it out. */
  async unload(version: string): Promise<void> {
    const resident = this.#byVersion.get(version)
    if (resident === undefined) return
    await resident.drain()
    this.#byVersion.delete(version)
    if (this.#activeByName.get(resident.instance.name) === resident) this.#activeByName.delete(resident.instance.name)
  }

  /** The server will end soon. */
  get isLeaving(): boolean {
    return this.#isLeaving
  }

  /** From here on nothing is ready; requests are answered until the drain. */
  leave(): void {
    this.#isLeaving = true
  }

  /** Drains everything. */
  async drain(): Promise<void> {
    await Promise.all(this.all.map((resident) => resident.drain()))
  }
}
