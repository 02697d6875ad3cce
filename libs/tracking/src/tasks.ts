/** The tasks `download-model` and `upload-results` of every project: read the configuration, say in one line what was done. */
import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { exitCodeOf, loadConfig, modelVariables, registryVariables, ServeryError } from '@servery/core'
import { type Static, Type } from 'typebox'
import type { Progress } from './install.ts'
import { type ModelRegistry, openRegistry } from './model-registry.ts'

const variables = Type.Object({ ...modelVariables.properties, ...registryVariables.properties })

interface Task {
  readonly config: Readonly<Static<typeof variables>>
  readonly registry: ModelRegistry
  /** Where the version lies on this machine. */
  readonly directory: string
}

/** Gets the model version of a serve component from the registry. @param serveDirectory holds `config/` and `models/` */
export function runDownloadTask(serveDirectory: string): Promise<void> {
  return run(serveDirectory, async ({ config, registry, directory }) => {
    const version = await registry.resolve(config.SERVERY_MODEL_VERSION)
    const copied = await registry.download(version, directory, progressOf(version.name))
    return copied
      ? `${version.name} is in ${directory}`
      : `${version.name} is in ${directory} already, complete and unchanged`
  })
}

/** Files `<directory>/<IMAGE_TAG>/test_results/` with the model version. */
export function runUploadTask(serveDirectory: string): Promise<void> {
  return run(serveDirectory, async ({ config, registry, directory }) => {
    const version = await registry.resolve(config.SERVERY_MODEL_VERSION)
    const results = path.join(directory, config.IMAGE_TAG, 'test_results')
    const files = await readdir(results).catch(() => [])
    if (files.length === 0)
      throw new ServeryError(
        'CONFIG_INVALID',
        `There are no results in ${results}; run the load suite first, or set IMAGE_TAG.`,
      )
    await registry.attachResults(version, config.IMAGE_TAG, results)
    return `${files.length} result files of ${config.IMAGE_TAG} are filed with ${version.name}`
  })
}

/** Registers a version folder: `register-version <directory> <MODEL-ID> [expected number]`. Prints the version's name. */
export function runRegisterTask(
  rootDirectory: string,
  [directory, modelId, expected]: readonly string[],
): Promise<void> {
  return reported(async () => {
    if (directory === undefined || modelId === undefined)
      throw new ServeryError(
        'CONFIG_INVALID',
        'Name a folder and a model: register-version <directory> <MODEL-ID> [expected number]',
      )
    const { MLFLOW_TRACKING_URI } = loadConfig(registryVariables, { environment: process.env })
    const registry = openRegistry(MLFLOW_TRACKING_URI, rootDirectory)
    return (
      await registry.register(path.resolve(directory), modelId, expected === undefined ? undefined : Number(expected))
    ).name
  })
}

function run(serveDirectory: string, task: (task: Task) => Promise<string>): Promise<void> {
  return reported(async () => {
    const file = path.join(serveDirectory, 'config', `${process.env.ENVIRONMENT ?? 'dev'}.env`)
    const config = loadConfig(variables, { environment: process.env, file })
    const version = config.SERVERY_MODEL_VERSION
    if (/-CODE-\d/.test(version)) return `${version} is code only: no artifact`
    const registry = openRegistry(config.MLFLOW_TRACKING_URI, rootOf(serveDirectory))
    return task({
      config,
      registry,
      directory: path.resolve(serveDirectory, config.SERVERY_MODEL_DIRECTORY || path.join('models', version)),
    })
  })
}

/** Prints the outcome, or the sentence of the error without a stack, and sets the exit status. */
async function reported(task: () => Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${await task()}\n`)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = exitCodeOf(error)
  }
}

/** The repository: the nearest folder above whose package.json has workspaces; in an image, the serve component itself. */
function rootOf(directory: string): string {
  for (let current = directory; current !== path.dirname(current); current = path.dirname(current)) {
    const file = path.join(current, 'package.json')
    if (existsSync(file) && 'workspaces' in JSON.parse(readFileSync(file, 'utf8'))) return current
  }
  return directory
}

/** A line that is written over on a terminal, nothing elsewhere. */
function progressOf(name: string): Progress {
  if (!process.stderr.isTTY) return () => {}
  const startedAt = performance.now()
  return ({ bytes, ofBytes }) => {
    const rate = bytes / 1e6 / ((performance.now() - startedAt) / 1_000)
    process.stderr.write(
      `\r${name}: ${(bytes / 1e6).toFixed(1)} of ${(ofBytes / 1e6).toFixed(1)} MB, ${rate.toFixed(0)} MB/s${bytes === ofBytes ? '\n' : ''}`,
    )
  }
}
