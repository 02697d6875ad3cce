/** Composition root: reads the configuration, builds everything in order of dependency, listens, and drains on a signal. */
import { existsSync } from 'node:fs'
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
import {
  configSourceOf,
  isCodeOnly,
  readCardSync,
  serveComponentAt,
  verifyDirectory,
  versionDirectory,
} from '@servery/model-version'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { createApp } from './http/app.ts'
import { Metrics } from './http/metrics.ts'
import { availableCpus } from './machine/available-cpus.ts'
import { int8Instructions } from './machine/int8-instructions.ts'
import type { ModelDefinition, ModelInstance } from './model/model.ts'
import { Residents } from './residents/residents.ts'
import { LocalRunner } from './workers/local-runner.ts'
import { ProcessPool } from './workers/process-pool.ts'
import type { Runner } from './workers/runner.ts'

const variables = Type.Object({ ...modelVariables.properties, ...serverVariables.properties })
type Config = Readonly<Static<typeof variables>>
type Settings = ModelInstance['settings']

/** Time for the last answers to leave after the drain, in milliseconds. */
const LAST_WORDS_MS = 1_000

export interface ServeOptions {
  /** Name of the model on the wire, the project's name. */
  readonly name: string
  /** Folder of the serve component: `config/` and `models/` lie here. */
  readonly serveDirectory: string
}

export interface Server {
  readonly app: FastifyInstance
  readonly residents: Residents
  /** `http://host:port` */
  readonly address: string
  /** Readiness flips first, some time later new work is refused; accepted work is finished, then everything ends. */
  close(): Promise<void>
}

/**
 * Runs a server until SIGTERM or SIGINT; a start that fails ends the process with 78, 70 or 1 and one sentence.
 *
 * @param options or any folder of a serve component, whose `package.json` says name and directory
 */
export async function serve(definition: ModelDefinition, options: ServeOptions | string): Promise<void> {
  let server: Server | undefined
  let closing = false
  // While it loads nothing has been accepted; the first process of a container ends by a signal only where it listens for it.
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
  const instance = instanceOf(withRunner(definition, settings), options, config, settings)
  if (instance.card.quantisation !== undefined && int8Instructions() === 'none')
    logger.warn(
      'This CPU has no instructions for int8 models (VNNI): answers may differ a little and take longer. SERVERY_SELF_TEST decides whether they are near enough.',
    )
  if (config.SERVERY_VERIFY_MODEL && instance.directory) await verifyDirectory(instance.directory)
  const { residents, metrics } = createResidents(config, logger)
  const loading = residents.load(instance)
  loading.catch(() => {})
  const app = await createApp({
    name: options.name,
    version: instance.version,
    residents,
    metrics,
    logger,
    maxBodyBytes: config.SERVERY_MAX_BODY_BYTES,
    maxItems: config.SERVERY_MAX_ITEMS,
    maxCharacters: config.SERVERY_MAX_CHARACTERS,
    requestTimeoutMs: config.SERVERY_REQUEST_TIMEOUT_MS,
  })
  const end = async (): Promise<void> => {
    await residents.drain()
    // Every accepted request is answered by now; what is still open has not sent its request or not read its answer.
    const hangUp = setTimeout(() => app.server.closeAllConnections(), LAST_WORDS_MS)
    await app.close()
    clearTimeout(hangUp)
    metrics.close()
    await flushed(logger)
  }
  const close = async (): Promise<void> => {
    residents.leave()
    await pause(config.SERVERY_DRAIN_DELAY_MS)
    await end()
  }
  try {
    const address = await listen(app, config)
    await loading
    logger.info({ version: instance.version, docs: `${address.replace('0.0.0.0', '127.0.0.1')}/docs` }, 'ready')
    return { app, residents, address, close }
  } catch (error) {
    await end() // nothing was ever ready: there is nobody to look elsewhere
    throw error
  }
}

/** The server's variables and the project's own, checked together so that all faults are told at once. */
function readConfig(definition: ModelDefinition, source: ConfigSource): { config: Config; settings: Settings } {
  const params = definition.params?.properties ?? {}
  const values: Config = loadConfig(Type.Object({ ...variables.properties, ...params }), source)
  const own = Object.entries(values).filter(([name]) => name in params)
  return { config: values, settings: { device: values.SERVERY_DEVICE, ...Object.fromEntries(own) } }
}

/** The definition with the runner that its settings ask for. */
function withRunner(definition: ModelDefinition, settings: Settings): ModelDefinition {
  return definition.runnerFor ? { ...definition, runner: definition.runnerFor(settings as never) } : definition
}

function createResidents(config: Config, logger: Logger): { residents: Residents; metrics: Metrics } {
  const metrics = new Metrics(() => residents)
  const limits = { maxItems: config.SERVERY_MAX_QUEUE_ITEMS, maxCost: config.SERVERY_MAX_QUEUE_COST }
  const residents = new Residents({
    createRunner: (instance) => createRunner(instance, config),
    engineOptions: (instance) => ({ limits, observer: metrics.observerOf(instance) }),
    selfTest: config.SERVERY_SELF_TEST,
    logger,
  })
  return { residents, metrics }
}

function createRunner(instance: ModelInstance, config: Config): Runner {
  switch (instance.definition.runner) {
    case 'in-process':
      return new LocalRunner(instance, 1)
    case 'async':
      return new LocalRunner(instance, config.SERVERY_ASYNC_CONCURRENCY)
    case 'process':
      return new ProcessPool(instance, {
        size: config.SERVERY_NUM_WORKERS || availableCpus(),
        loadTimeoutMs: config.SERVERY_MODEL_LOAD_TIMEOUT_MS,
        batchTimeoutMs: config.SERVERY_REQUEST_TIMEOUT_MS,
      })
  }
}

/** @throws ServeryError `MODEL_LOAD_FAILED` when the version has not been downloaded or its card cannot be read */
function instanceOf(
  definition: ModelDefinition,
  { name, serveDirectory }: ServeOptions,
  config: Config,
  settings: Settings,
): ModelInstance {
  const version = config.SERVERY_MODEL_VERSION
  if (isCodeOnly(version)) return { definition, name, version, directory: '', card: {}, settings }
  const directory = versionDirectory(serveDirectory, version, config)
  if (!existsSync(directory)) {
    throw new ServeryError(
      'MODEL_LOAD_FAILED',
      `${version} is not in ${directory}. Get it with: make projects.run/${name} COMPONENT=serve TASK=download-model`,
    )
  }
  return { definition, name, version, directory, card: readCardSync(directory, version), settings }
}

async function listen(app: FastifyInstance, { SERVERY_HOST: host, SERVERY_PORT: port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new ServeryError(
      'CONFIG_INVALID',
      `Port ${port} is taken on ${host}: stop what listens there or set SERVERY_PORT.`,
      { cause: error },
    )
  }
}
