/** The project under load test: its plan, model version, results folder, server and workload. */
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type ConfigSource, loadConfig, loadVariables, modelVariables, ServeryError } from '@servery/core'
import {
  configSourceOf,
  recordingsOf,
  resultsDirectory,
  serveComponentAt,
  versionDirectory,
} from '@servery/model-version'
import { type Static, Type } from '@servery/schema'
import type { ModelDefinition } from '@servery/serving'
import { faultOf, type LoadPlan } from './load-plan.ts'
import { startServerProcess } from './server-process.ts'
import { createWorkload, type Workload } from './workload/workload.ts'

const BIO_TIMEOUT_MS = 10_000

const variables = Type.Object({ ...modelVariables.properties, ...loadVariables.properties })

export interface Project {
  /** The name of the model in routes. */
  readonly name: string
  readonly serveDirectory: string
  readonly definition: ModelDefinition
  readonly config: Readonly<Static<typeof variables>>
  readonly source: ConfigSource
  readonly plan: LoadPlan
  /** File of the recorded requests and answers: of the model version, or of the project for a code-only version. */
  readonly recording: string
  /** `models/<MODEL-VERSION>/<IMAGE_TAG>/test_results` */
  readonly resultsDirectory: string
}

/** @param serveDirectory `projects/<name>/serve`, compiled @throws ServeryError `CONFIG_INVALID` */
export async function openProject(serveDirectory: string, environment: NodeJS.ProcessEnv): Promise<Project> {
  const definition = await definitionOf(serveDirectory)
  const source = configSourceOf(serveDirectory, environment, definition.params ? { others: definition.params } : {})
  const config = loadConfig(variables, source)
  const modelDirectory = versionDirectory(serveDirectory, config.SERVERY_MODEL_VERSION, config)
  return {
    name: serveComponentAt(serveDirectory).name,
    serveDirectory,
    definition,
    config,
    source,
    plan: await planOf(serveDirectory),
    recording: recordingsOf(serveDirectory, modelDirectory),
    resultsDirectory: resultsDirectory(modelDirectory, config.IMAGE_TAG),
  }
}

async function planOf(serveDirectory: string): Promise<LoadPlan> {
  const file = path.join(serveDirectory, 'dist/load-plan.js')
  const { default: plan } = (await import(pathToFileURL(file).href).catch((cause) => {
    throw new ServeryError('CONFIG_INVALID', `${file} cannot be loaded: write src/load-plan.ts and run make build.`, {
      cause,
    })
  })) as { default: LoadPlan }
  const fault = faultOf(plan)
  if (fault) throw new ServeryError('CONFIG_INVALID', `The plan ${file} is not valid: ${fault}.`)
  return plan
}

async function definitionOf(serveDirectory: string): Promise<ModelDefinition> {
  const module = pathToFileURL(path.join(serveDirectory, 'dist/served-model.js')).href
  return ((await import(module)) as { default: ModelDefinition }).default
}

export interface ServerUnderTest {
  readonly url: string
  /** Its bio; only the version and the CPU instructions are used. */
  readonly bio: { readonly model_version: string; readonly int8_instructions?: string }
  stop(): Promise<unknown>
}

/** The server at TARGET_URL, otherwise a new one on a free port. @throws ServeryError if it has no bio or serves another version */
export async function startServer({ name, serveDirectory, config }: Project): Promise<ServerUnderTest> {
  const target = process.env.TARGET_URL
  const server = target
    ? { url: target, stop: async () => undefined }
    : await startServerProcess(path.join(serveDirectory, 'dist/model-server.js'))
  try {
    const bio = await bioAt(`${server.url}/v1/model/${name}/bio`)
    if (bio.model_version === config.SERVERY_MODEL_VERSION) return { ...server, bio }
    throw new ServeryError(
      'CONFIG_INVALID',
      `The server at ${server.url} serves ${bio.model_version}, not ${config.SERVERY_MODEL_VERSION}: results would be stored with the wrong version.`,
    )
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function bioAt(url: string): Promise<ServerUnderTest['bio']> {
  const failed = (why: string, cause?: unknown) => new ServeryError('MODEL_NOT_READY', `${url} ${why}.`, { cause })
  const response = await fetch(url, { signal: AbortSignal.timeout(BIO_TIMEOUT_MS) }).catch((cause) => {
    throw failed('cannot be reached', cause)
  })
  if (!response.ok) throw failed(`answers ${response.status}`)
  return response.json().catch((cause) => {
    throw failed('does not answer with JSON', cause)
  }) as Promise<ServerUnderTest['bio']>
}

/** All requests that a run may send to the server. @throws ServeryError `CONFIG_INVALID` */
export function workloadFor(
  { name, definition, plan, recording, config }: Project,
  { bio }: ServerUnderTest,
): Workload {
  return createWorkload({
    model: name,
    definition,
    bio,
    recording,
    seed: config.SERVERY_LOAD_SEED,
    corpusRequest: (text) => plan.corpusRequest(text),
  })
}
