/**
 * Command that serves the models of all projects in one server, the host: `node libs/serving/dist/host-command.js [<projects folder>]`.
 * The folder is `projects/` of the repository if none is named. Compile the projects first.
 */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { ServeryError } from '@servery/core'
import { modelLoadFailed } from '@servery/model-version'
import type { ModelDefinition } from './model/model.ts'
import { serveProjects } from './serve.ts'

/** This package, whose `config/` configures the host. */
const PACKAGE = path.dirname(import.meta.dirname)

await serveProjects(async () => {
  const folder = path.resolve(process.argv[2] ?? path.join(PACKAGE, '../../projects'))
  const modules = compiledModules(folder)
  const definitions = new Map<string, ModelDefinition>()
  for (const [name, module] of modules) definitions.set(name, await importDefinition(name, module))
  return {
    name: 'host',
    serveDirectory: PACKAGE,
    definitions,
    modelsDirectoryOf: (name) => (modules.has(name) ? path.join(folder, name, 'serve/models') : undefined),
  }
})

/** The module with the definition of each compiled project of a folder, by name. @throws ServeryError `CONFIG_INVALID` if there is none */
function compiledModules(folder: string): ReadonlyMap<string, string> {
  if (!existsSync(folder))
    throw new ServeryError('CONFIG_INVALID', `There is no folder ${folder}: name the folder that holds the projects.`)
  const modules = readdirSync(folder)
    .map((name) => [name, path.join(folder, name, 'serve/dist/served-model.js')] as const)
    .filter(([, module]) => existsSync(module))
  if (modules.length === 0)
    throw new ServeryError(
      'CONFIG_INVALID',
      `There is no compiled project in ${folder}, which means no <name>/serve/dist/served-model.js: run make build, or name another folder.`,
    )
  return new Map(modules)
}

/** @throws ServeryError `MODEL_LOAD_FAILED` naming the project */
async function importDefinition(name: string, module: string): Promise<ModelDefinition> {
  const imported = (await import(pathToFileURL(module).href).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw modelLoadFailed(`The project ${name} cannot be imported from ${module}: ${reason}`, error)
  })) as { readonly default?: ModelDefinition }
  if (imported.default === undefined)
    throw modelLoadFailed(`The project ${name} cannot be imported: ${module} has no default export.`)
  return imported.default
}
