/**
 * Entry point of a worker process: loads an instance, answers one batch at a time, and ends when the API
 * process does. It ignores signals, because the API process drains first (a terminal sends Ctrl-C to both).
 */
import os from 'node:os'
import { isServeryError } from '@servery/core'
import { LoadedModel } from '../model/loaded-model.ts'
import type { ModelDefinition } from '../model/model.ts'
import { itemsOf } from '../model/request.ts'
import { artifactsOf } from './artifacts.ts'
import type { FromWorker, InstanceDescription, ToWorker, VersionKey } from './messages.ts'

/** Slightly below the API process (0), so that HTTP answers and probes go first. */
const WORKER_PRIORITY = 5

const hosted = new Map<string, LoadedModel>()
const never = new AbortController().signal

os.setPriority(WORKER_PRIORITY)
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit(0))
process.on('message', (message: ToWorker) => {
  void answer(message)
})

async function answer(message: ToWorker): Promise<void> {
  if (message.type === 'load') return load(message.instance)
  const { name, version } = message
  const model = hosted.get(keyOf(message))
  if (model === undefined) throw new Error(`This is a bug: ${name} ${version} is not loaded in this worker.`)
  const startedAt = performance.now()
  const results = await model.predict(message.items, never)
  send({ type: 'predicted', name, version, results, inferenceMs: performance.now() - startedAt })
}

async function load(instance: InstanceDescription): Promise<void> {
  const { name, version } = instance
  try {
    const { default: definition } = (await import(instance.module)) as { default: ModelDefinition }
    const model = new LoadedModel(definition, await definition.load(artifactsOf(instance)))
    // Warm-up: the first answers of a process take several times as long as later ones.
    await model.predict(itemsOf(definition, definition.operations.predict.example), never)
    hosted.set(keyOf(instance), model)
    send({ type: 'loaded', name, version })
  } catch (error) {
    send({ type: 'load-failed', name, version, detail: isServeryError(error) ? error.message : String(error) })
  }
}

function keyOf({ name, version }: VersionKey): string {
  return `${name} ${version}`
}

function send(message: FromWorker): void {
  // Errors are ignored: if the parent has ended, `disconnect` handles it.
  process.send?.(message, undefined, undefined, () => {})
}
