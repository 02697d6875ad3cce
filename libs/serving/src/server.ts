/** Composition root: reads the configuration, builds everything in order of dependency, listens, and ends in the reverse order. */
import { statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type ConfigSource,
  createLogger,
  flushed,
  type Logger,
  loadConfig,
  modelVariables,
  ServeryError,
  serverVariables,
} from '@servery/core'
import { configSourceOf, versionDirectory } from '@servery/model-version'
import { type Static, Type } from '@servery/schema'
import type { FastifyInstance } from 'fastify'
import { Inference } from './inference/inference.ts'
import { Metrics } from './inference/metrics.ts'
import { availableMemory } from './machine/available-memory.ts'
import type { ModelDefinition, ModelInstance } from './model/model.ts'
import type { VersionKey } from './model/version-key.ts'
import { parseModels, retryFailed } from './models-at-start.ts'
import { nativeProtocol } from './protocols/native/plugin.ts'
import type { HttpProtocol } from './protocols/protocol.ts'
import { ModelRepository } from './repository/repository.ts'
import { VersionStore } from './repository/version-store.ts'
import { defaultWorkers, endUnusedWorkers } from './workers/fork-worker.ts'
import { Runners } from './workers/runners.ts'

const { SERVERY_MODEL_VERSION, ...shared } = modelVariables.properties
const hostVariables = { ...shared, ...serverVariables.properties }
const projectVariables = { SERVERY_MODEL_VERSION, ...hostVariables }
type Config = Readonly<Static<ReturnType<typeof Type.Object<typeof hostVariables>>>> & {
  /** Of a server of one project. */
  readonly SERVERY_MODEL_VERSION?: string
}
type Settings = ModelInstance['settings']

/** Longest wait for clients to read their last answers during a shutdown, in milliseconds. */
const CLOSE_GRACE_MS = 1_000
/** Share of the memory for versions, unless SERVERY_MODEL_MEMORY_BYTES says; the rest is for the API process, requests and answers. */
const SHARE_FOR_VERSIONS = 0.6

export interface ServerOptions {
  /** Name of the server, in its log and its docs. */
  readonly name: string
  /** Folder of the serve component, which holds `config/`. */
  readonly serveDirectory: string
  /** By the names of their projects. */
  readonly definitions: ReadonlyMap<string, ModelDefinition>
  /** Whether it is the server of the project `name`: then it serves the version of SERVERY_MODEL_VERSION, unless SERVERY_MODELS says otherwise. */
  readonly isOfProject: boolean
  /** The folder of all versions of a model outside SERVERY_MODEL_REPOSITORY; undefined for a model that has none. */
  readonly modelsDirectoryOf: (name: string) => string | undefined
  /** Default: the native protocol. */
  readonly protocols?: readonly HttpProtocol[]
}

export interface Server {
  readonly app: FastifyInstance
  readonly repository: ModelRepository
  /** `http://host:port` */
  readonly address: string
  /** Reports that it is not ready, waits for the drain delay, then refuses new work, finishes accepted work and stops everything. */
  close(): Promise<void>
}

/**
 * Starts a server and resolves when it is ready. Of several versions to be loaded at start, one that fails does so alone: the server
 * answers for the others, but is not ready.
 *
 * @throws ServeryError `CONFIG_INVALID`, or `MODEL_LOAD_FAILED` if no version could be loaded
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const warnings: string[] = []
  const { config, settingsOf } = readConfig(
    options,
    configSourceOf(options.serveDirectory, process.env, { warn: (sentence) => warnings.push(sentence) }),
  )
  const logger = createLogger(options.name, config.SERVERY_LOG_LEVEL)
  for (const sentence of warnings) logger.warn(sentence)
  const atStart = versionsAtStart(options, config)
  const metrics = new Metrics()
  const store = createStore(options, config, settingsOf)
  const runners = createRunners(config)
  const repository = createRepository(config, store, runners, metrics, logger)
  repository.announce(atStart)
  const loading = Promise.allSettled(atStart.map(({ name, version }) => repository.load(name, version, 'start')))
  const { createApp } = await import('./http/app.ts') // while the workers load
  const app = await createApp({
    name: options.name,
    version: config.SERVERY_MODEL_VERSION ?? '',
    inference: createInference(config, repository, metrics, logger),
    protocols: options.protocols ?? [nativeProtocol],
    metrics: metrics.registry,
    logger,
    maxBodyBytes: config.SERVERY_MAX_BODY_BYTES,
  })
  const end = async (): Promise<void> => {
    await repository.shutdown()
    // Every accepted request is answered by now; connections still open have not sent their request or not read their answer.
    const timeout = setTimeout(() => app.server.closeAllConnections(), CLOSE_GRACE_MS)
    await Promise.all([app.close(), runners.stop()])
    clearTimeout(timeout)
    await repository.release()
    metrics.close()
    await flushed(logger)
  }
  const close = async (): Promise<void> => {
    repository.beginShutdown()
    await pause(config.SERVERY_DRAIN_DELAY_MS)
    await end()
  }
  try {
    const address = await listen(app, config)
    retryFailed(atStart, await loading, repository, logger)
    endUnusedWorkers()
    const versions = repository.all.map(({ instance }) => instance.version)
    const docs = `${address.replace('0.0.0.0', '127.0.0.1')}/docs`
    logger.info({ version: versions.join(' '), docs }, repository.isReady ? 'ready' : 'not ready')
    return { app, repository, address, close }
  } catch (error) {
    await end() // without the drain delay: the server was never ready, so no load balancer sends requests to it
    throw error
  }
}

/** Checks the variables of the server and of all its projects together, so that all problems are reported at once. */
function readConfig({ definitions, isOfProject }: ServerOptions, source: ConfigSource) {
  const paramsOf = (definition: ModelDefinition) => definition.params?.properties ?? {}
  const own = Object.assign({}, ...[...definitions.values()].map(paramsOf)) as Record<string, never>
  const schema = Type.Object({ ...(isOfProject ? projectVariables : hostVariables), ...own })
  const config = loadConfig(schema, source) as unknown as Config
  const settingsOf = (definition: ModelDefinition): Settings => {
    const params = Object.entries(config).filter(([name]) => name in paramsOf(definition))
    return { device: config.SERVERY_DEVICE, ...Object.fromEntries(params) }
  }
  return { config, settingsOf }
}

function versionsAtStart({ name, isOfProject }: ServerOptions, config: Config): readonly VersionKey[] {
  if (config.SERVERY_MODELS !== '') return parseModels(config.SERVERY_MODELS)
  if (isOfProject) return [{ name, version: config.SERVERY_MODEL_VERSION as string }]
  if (config.SERVERY_MODEL_REPOSITORY !== '') return []
  throw new ServeryError(
    'CONFIG_INVALID',
    'There is nothing to serve: set SERVERY_MODELS, SERVERY_MODEL_REPOSITORY, or both.',
  )
}

function createStore(
  { name: own, serveDirectory, definitions, isOfProject, modelsDirectoryOf }: ServerOptions,
  config: Config,
  settingsOf: (definition: ModelDefinition) => Settings,
): VersionStore {
  const directoryOf = (name: string, version: string): string | undefined => {
    if (isOfProject && name === own && version === config.SERVERY_MODEL_VERSION)
      return versionDirectory(serveDirectory, version, config)
    const models = modelsDirectoryOf(name)
    return models === undefined ? undefined : path.join(models, version)
  }
  const repository = repositoryFolder(config)
  return new VersionStore({ definitions, settingsOf, repository, directoryOf, verify: config.SERVERY_VERIFY_MODEL })
}

/** @throws ServeryError `CONFIG_INVALID` if there is no such folder */
function repositoryFolder({ SERVERY_MODEL_REPOSITORY: folder }: Config): string | undefined {
  if (folder === '') return undefined
  const absolute = path.resolve(folder)
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) return absolute
  throw new ServeryError(
    'CONFIG_INVALID',
    `SERVERY_MODEL_REPOSITORY=${folder} is not valid: there is no folder ${absolute}.`,
  )
}

function createRunners(config: Config): Runners {
  return new Runners({
    asyncConcurrency: config.SERVERY_ASYNC_CONCURRENCY,
    pool: {
      size: poolSizeOf(config),
      loadTimeoutMs: config.SERVERY_MODEL_LOAD_TIMEOUT_MS,
      batchTimeoutMs: config.SERVERY_REQUEST_TIMEOUT_MS,
    },
  })
}

function poolSizeOf(config: Config): number {
  return config.SERVERY_NUM_WORKERS || defaultWorkers()
}

function createRepository(
  config: Config,
  store: VersionStore,
  runners: Runners,
  metrics: Metrics,
  logger: Logger,
): ModelRepository {
  return new ModelRepository({
    store,
    createRunner: (instance) => runners.create(instance),
    poolSize: poolSizeOf(config),
    limits: { maxItems: config.SERVERY_MAX_QUEUE_ITEMS, maxCost: config.SERVERY_MAX_QUEUE_COST },
    observerOf: (instance) => metrics.observerOf(instance),
    observer: metrics,
    selfTest: config.SERVERY_SELF_TEST,
    logger,
    memoryLimit: config.SERVERY_MODEL_MEMORY_BYTES || Math.floor(SHARE_FOR_VERSIONS * availableMemory()),
  })
}

function createInference(config: Config, repository: ModelRepository, metrics: Metrics, logger: Logger): Inference {
  const limits = {
    maxItems: config.SERVERY_MAX_ITEMS,
    maxCharacters: config.SERVERY_MAX_CHARACTERS,
    requestTimeoutMs: config.SERVERY_REQUEST_TIMEOUT_MS,
  }
  const isControlled = config.SERVERY_CONTROL_API
  return new Inference({ repository, metrics, logger, limits, isControlled })
}

async function listen(app: FastifyInstance, { SERVERY_HOST: host, SERVERY_PORT: port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new ServeryError(
      'CONFIG_INVALID',
      `Port ${port} is taken on ${host}: stop the process that listens there, or set SERVERY_PORT.`,
      { cause: error },
    )
  }
}
