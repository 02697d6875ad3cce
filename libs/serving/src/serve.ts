/** Composition root: reads the configuration, builds everything in order of dependency, listens, and shuts down on a signal. */
import { setTimeout as pause } from 'node:timers/promises'
import {
  type ConfigSource,
  createLogger,
  exitCodeOf,
  flushed,
  type Logger,
  loadConfig,
  modelVariables,
  ServeryError,
  serverVariables,
} from '@servery/core'
import { configSourceOf, serveComponentAt, versionDirectory } from '@servery/model-version'
import { type Static, Type } from '@servery/schema'
import type { FastifyInstance } from 'fastify'
import { createApp } from './http/app.ts'
import { Inference } from './inference/inference.ts'
import { Metrics } from './inference/metrics.ts'
import { availableCpus } from './machine/available-cpus.ts'
import { int8Instructions } from './machine/int8-instructions.ts'
import type { ModelDefinition, ModelInstance } from './model/model.ts'
import { nativeProtocol } from './protocols/native/plugin.ts'
import type { HttpProtocol } from './protocols/protocol.ts'
import { openVersion } from './repository/open-version.ts'
import { ModelRepository } from './repository/repository.ts'
import { createRunner } from './workers/create-runner.ts'

const variables = Type.Object({ ...modelVariables.properties, ...serverVariables.properties })
type Config = Readonly<Static<typeof variables>>
type Settings = ModelInstance['settings']

/** Longest wait for clients to read their last answers during a shutdown, in milliseconds. */
const CLOSE_GRACE_MS = 1_000

export interface ServeOptions {
  /** Name of the model in routes: the name of the project. */
  readonly name: string
  /** Folder of the serve component, which holds `config/` and `models/`. */
  readonly serveDirectory: string
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
 * Runs a server until SIGTERM or SIGINT. If the start fails, the process prints the reason and ends with 78, 70 or 1.
 *
 * @param options the options, or any folder of a serve component, whose `package.json` determines name and directory
 */
export async function serve(definition: ModelDefinition, options: ServeOptions | string): Promise<void> {
  let server: Server | undefined
  let closing = false
  // Nothing has been accepted while the server loads. Exits explicitly, since the first process of a container ignores signals without a listener.
  const stop = (): void => {
    if (closing || server === undefined) process.exit(1)
    closing = true
    void server.close().then(() => process.exit(0))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  try {
    server = await start(definition, typeof options === 'string' ? optionsAt(options) : options)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(exitCodeOf(error))
  }
}

function optionsAt(folder: string): ServeOptions {
  const { name, directory } = serveComponentAt(folder)
  return { name, serveDirectory: directory }
}

/**
 * Starts a server and resolves when it is ready.
 * @throws ServeryError `CONFIG_INVALID`, `MODEL_LOAD_FAILED`
 */
export async function start(definition: ModelDefinition, options: ServeOptions): Promise<Server> {
  const warnings: string[] = []
  const { config, settings } = readConfig(
    definition,
    configSourceOf(options.serveDirectory, process.env, { warn: (sentence) => warnings.push(sentence) }),
  )
  const logger = createLogger(options.name, config.SERVERY_LOG_LEVEL)
  for (const sentence of warnings) logger.warn(sentence)
  const instance = await openVersion(definition, {
    name: options.name,
    version: config.SERVERY_MODEL_VERSION,
    directory: versionDirectory(options.serveDirectory, config.SERVERY_MODEL_VERSION, config),
    settings,
    verify: config.SERVERY_VERIFY_MODEL,
  })
  if (instance.card.quantisation !== undefined && int8Instructions() === 'none')
    logger.warn(
      'This CPU has no instructions for int8 models (VNNI): answers may differ slightly and take longer. SERVERY_SELF_TEST sets what happens if they differ too much.',
    )
  const metrics = new Metrics()
  const repository = createRepository(config, metrics, logger)
  const loading = repository.load(instance)
  loading.catch(() => {})
  const app = await createApp({
    name: options.name,
    version: instance.version,
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
    await app.close()
    clearTimeout(timeout)
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
    await loading
    logger.info({ version: instance.version, docs: `${address.replace('0.0.0.0', '127.0.0.1')}/docs` }, 'ready')
    return { app, repository, address, close }
  } catch (error) {
    await end() // without the drain delay: the server was never ready, so no load balancer sends requests to it
    throw error
  }
}

/** Checks the variables of the server and of the project together, so that all problems are reported at once. */
function readConfig(definition: ModelDefinition, source: ConfigSource): { config: Config; settings: Settings } {
  const params = definition.params?.properties ?? {}
  const values: Config = loadConfig(Type.Object({ ...variables.properties, ...params }), source)
  const own = Object.entries(values).filter(([name]) => name in params)
  return { config: values, settings: { device: values.SERVERY_DEVICE, ...Object.fromEntries(own) } }
}

function createRepository(config: Config, metrics: Metrics, logger: Logger): ModelRepository {
  const runnerOptions = {
    asyncConcurrency: config.SERVERY_ASYNC_CONCURRENCY,
    pool: {
      size: config.SERVERY_NUM_WORKERS || availableCpus(),
      loadTimeoutMs: config.SERVERY_MODEL_LOAD_TIMEOUT_MS,
      batchTimeoutMs: config.SERVERY_REQUEST_TIMEOUT_MS,
    },
  }
  return new ModelRepository({
    createRunner: (instance) => createRunner(instance, runnerOptions),
    limits: { maxItems: config.SERVERY_MAX_QUEUE_ITEMS, maxCost: config.SERVERY_MAX_QUEUE_COST },
    observerOf: (instance) => metrics.observerOf(instance),
    selfTest: config.SERVERY_SELF_TEST,
    logger,
  })
}

function createInference(config: Config, repository: ModelRepository, metrics: Metrics, logger: Logger): Inference {
  const limits = {
    maxItems: config.SERVERY_MAX_ITEMS,
    maxCharacters: config.SERVERY_MAX_CHARACTERS,
    requestTimeoutMs: config.SERVERY_REQUEST_TIMEOUT_MS,
  }
  return new Inference({ repository, metrics, logger, limits })
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
