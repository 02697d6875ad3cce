/** The process of a server: starts it, ends it on a signal, and says why it cannot start. */
import path from 'node:path'
import { exitCodeOf } from '@servery/core'
import { serveComponentAt } from '@servery/model-version'
import type { ModelDefinition } from './model/model.ts'
import type { HttpProtocol } from './protocols/protocol.ts'
import { type Server, type ServerOptions, startServer } from './server.ts'

export interface ServeOptions {
  /** Name of the model in routes: the name of the project. */
  readonly name: string
  /** Folder of the serve component, which holds `config/` and `models/`. */
  readonly serveDirectory: string
  /** Default: the native protocol. */
  readonly protocols?: readonly HttpProtocol[]
}

/**
 * Runs the server of a project until SIGTERM or SIGINT. If the start fails, the process prints the reason and ends with 78, 70 or 1.
 *
 * @param options the options, or any folder of a serve component, whose `package.json` determines name and directory
 */
export function serve(definition: ModelDefinition, options: ServeOptions | string): Promise<void> {
  return runUntilSignal(() => start(definition, typeof options === 'string' ? optionsAt(options) : options))
}

/**
 * Starts the server of a project and resolves when it is ready.
 * @throws ServeryError `CONFIG_INVALID`, `MODEL_LOAD_FAILED`
 */
export function start(definition: ModelDefinition, { name, ...options }: ServeOptions): Promise<Server> {
  const models = path.join(options.serveDirectory, 'models')
  return startServer({
    ...options,
    name,
    isOfProject: true,
    definitions: new Map([[name, definition]]),
    modelsDirectoryOf: (model) => (model === name ? models : undefined),
  })
}

/** Runs a server of several projects, as `serve` does. */
export function serveProjects(options: () => Promise<Omit<ServerOptions, 'isOfProject'>>): Promise<void> {
  return runUntilSignal(async () => startServer({ ...(await options()), isOfProject: false }))
}

async function runUntilSignal(start: () => Promise<Server>): Promise<void> {
  let server: Server | undefined
  let closing = false
  // Nothing has been accepted while the server loads. Exits explicitly, since the first process of a container ignores signals without a listener.
  const fail = (error: unknown, code: number): never => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(code)
  }
  const stop = (): void => {
    if (closing || server === undefined) process.exit(1)
    closing = true
    server.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error, 1),
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  try {
    server = await start()
  } catch (error) {
    fail(error, exitCodeOf(error))
  }
}

function optionsAt(folder: string): ServeOptions {
  const { name, directory } = serveComponentAt(folder)
  return { name, serveDirectory: directory }
}
