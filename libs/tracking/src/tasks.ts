/** The tasks `download-model` and `upload-results` of every project, and the registration of a version. Each prints one line of result. */
import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import {
  type ConfigSource,
  exitCodeOf,
  isServeryError,
  loadConfig,
  modelVariables,
  registryVariables,
  ServeryError,
} from '@servery/core'
import {
  configSourceOf,
  isCodeOnly,
  notThere,
  resultsDirectory,
  serveComponentAt,
  versionDirectory,
} from '@servery/model-version'
import { type Static, Type } from '@servery/schema'
import { openRegistry } from './open-registry.ts'
import { progressLine } from './progress-line.ts'
import type { ModelRegistry, ModelVersion } from './registry/model-registry.ts'

const variables = Type.Object({ ...modelVariables.properties, ...registryVariables.properties })

type Environment = ConfigSource['environment']

interface Task {
  readonly config: Readonly<Static<typeof variables>>
  readonly registry: ModelRegistry
  readonly version: ModelVersion
  /** The folder of the version on this machine. */
  readonly directory: string
}

/** Downloads the model version of a serve component. @param folder any folder of the component */
export function runDownloadTask(folder: string): Promise<void> {
  return runTask(folder, async ({ registry, version, directory }) => {
    const isNew = await registry.download(version, directory, progressLine(version.name, process.stderr))
    return isNew
      ? `${version.name} was downloaded and verified: ${directory}`
      : `${version.name} is already there, complete and unchanged: ${directory}`
  })
}

/** Attaches `<version's folder>/<IMAGE_TAG>/test_results/` to the model version. @param folder as above */
export function runUploadTask(folder: string): Promise<void> {
  return runTask(folder, async ({ config, registry, version, directory }) => {
    const results = resultsDirectory(directory, config.IMAGE_TAG)
    const files = (await readdir(results).catch(notThere)) ?? []
    if (files.length === 0) {
      process.stderr.write(`There are no results in ${results}: run the load suite first, or set IMAGE_TAG.\n`)
      process.exitCode = 1
      return undefined
    }
    await registry.attachResults(version, config.IMAGE_TAG, results)
    return `${files.length} results of ${config.IMAGE_TAG} are attached to ${version.name}`
  })
}

/** Registers a version folder. @param args `<directory> <MODEL-ID> [expected number]` of the command line */
export function runRegisterTask(rootDirectory: string, args: readonly string[]): Promise<void> {
  return runAndReport(async (environment) => {
    const [directory, modelId, expected] = args
    if (directory === undefined || modelId === undefined || !/^([1-9]\d*)?$/.test(expected ?? ''))
      throw new ServeryError(
        'CONFIG_INVALID',
        'Usage: register-version <directory> <MODEL-ID> [expected number], for example build/toy TOY-COMPILED 1',
      )
    const registry = openRegistry(loadConfig(registryVariables, { environment }), rootDirectory)
    const version = await registry.register(path.resolve(directory), modelId, {
      expectedNumber: expected ? Number(expected) : undefined,
      progress: progressLine(modelId, process.stderr),
    })
    return version.name
  })
}

function runTask(folder: string, task: (task: Task) => Promise<string | undefined>): Promise<void> {
  return runAndReport(async (environment) => {
    const { directory: serveDirectory } = serveComponentAt(folder)
    const warn = (sentence: string) => process.stderr.write(`${sentence}\n`)
    const config = loadConfig(variables, configSourceOf(serveDirectory, environment, { warn }))
    const name = config.SERVERY_MODEL_VERSION
    if (isCodeOnly(name)) return `${name} is code only: no artifact`
    const registry = openRegistry(config, repositoryRoot(serveDirectory))
    const version = await registry.resolve(config.SERVERY_MODEL_REFERENCE || name)
    return task({ config, registry, version, directory: versionDirectory(serveDirectory, version.name, config) })
  })
}

/** Prints the result of a task or the message of its error, and sets the exit status. Only this function reads the environment. */
async function runAndReport(task: (environment: Environment) => Promise<string | undefined>): Promise<void> {
  try {
    const line = await task(process.env)
    if (line !== undefined) process.stdout.write(`${line}\n`)
  } catch (error) {
    // Only an unexpected error is shown with its stack.
    process.stderr.write(`${isServeryError(error) ? error.message : (error as Error).stack}\n`)
    process.exitCode = exitCodeOf(error)
  }
}

/** The repository: the nearest parent folder whose package.json has workspaces; in an image, the serve component itself. */
function repositoryRoot(directory: string): string {
  for (let current = path.resolve(directory); current !== path.dirname(current); current = path.dirname(current)) {
    const file = path.join(current, 'package.json')
    if (existsSync(file) && 'workspaces' in JSON.parse(readFileSync(file, 'utf8'))) return current
  }
  return directory
}
