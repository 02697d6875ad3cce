/**
 * Entry point of a worker process: loads and unloads versions, answers one message at a time, and ends when the API process
 * does. It ignores signals, because the API process drains first (a terminal sends Ctrl-C to both).
 */
import os from 'node:os'
import { isServeryError } from '@servery/core'
import { collectGarbage, privateMemory } from '../machine/private-memory.ts'
import { LoadedModel } from '../model/loaded-model.ts'
import type { ModelDefinition } from '../model/model.ts'
import { itemsOf } from '../model/request.ts'
import { keyOf, type VersionKey } from '../model/version-key.ts'
import { artifactsOf } from './artifacts.ts'
import type { FromWorker, InstanceDescription, ToWorker } from './messages.ts'

/** Slightly below the API process (0), so that HTTP answers and probes go first. */
const WORKER_PRIORITY = 5

const hosted = new Map<string, LoadedModel>()
const never = new AbortController().signal

os.setPriority(WORKER_PRIORITY)
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit(0))
process.on('message', (message: ToWorker) => {
  void answer(message).then(send)
})

async function answer(message: ToWorker): Promise<FromWorker> {
  switch (message.type) {
    case 'load':
      return load(message.instance, message.measure)
    case 'unload':
      return unload(message)
    case 'predict': {
      const { name, version } = message
      const startedAt = performance.now()
      const results = await modelOf(message).predict(message.items, never)
      return { type: 'predicted', name, version, results, inferenceMs: performance.now() - startedAt }
    }
  }
}

async function load(instance: InstanceDescription, measure: boolean): Promise<FromWorker> {
  const { name, version } = instance
  const key = { name, version }
  try {
    const before = measure ? occupied() : 0
    const { default: definition } = (await import(instance.module)) as { default: ModelDefinition }
    const model = await LoadedModel.open(definition, artifactsOf(instance))
    hosted.set(keyOf(key), model)
    // Warm-up: the first answers of a process take several times as long as later ones.
    await model.predict(itemsOf(definition, definition.operations.predict.example), never)
    return { type: 'loaded', ...key, memoryBytes: measure ? Math.max(0, occupied() - before) : undefined }
  } catch (error) {
    if (hosted.has(keyOf(key))) await unload(key)
    return { type: 'load-failed', ...key, detail: isServeryError(error) ? error.message : String(error) }
  }
}

async function unload({ name, version }: VersionKey): Promise<FromWorker> {
  const key = { name, version }
  await modelOf(key).close()
  hosted.delete(keyOf(key))
  collectGarbage()
  return { type: 'unloaded', ...key }
}

function modelOf(key: VersionKey): LoadedModel {
  const model = hosted.get(keyOf(key))
  if (model === undefined) throw new Error(`This is a bug: ${key.name} ${key.version} is not loaded in this worker.`)
  return model
}

function occupied(): number {
  collectGarbage()
  return privateMemory()
}

function send(message: FromWorker): void {
  // Errors are ignored: if the parent has ended, `disconnect` handles it.
  process.send?.(message, undefined, undefined, () => {})
}
