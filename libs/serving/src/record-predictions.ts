/**
 * Records the answers of a version: reads `test_files/requests.json` in its folder, answers every request with
 * the real engine, and writes `test_files/predictions.json`. Used when a version is compiled, never while serving.
 */
import { writeFileSync } from 'node:fs'
import { readCardSync, readRecordedRequests, recordingsFile, requestsFile } from '@servery/model-version'
import { Type, Value } from '@servery/schema'
import { Engine } from './engine/engine.ts'
import type { ItemOutput, ModelDefinition, ModelInstance } from './model/model.ts'
import { itemsOf } from './model/request.ts'
import { LocalRunner } from './workers/local-runner.ts'

const DEADLINE_MS = 60_000
const noObserver = { refused() {}, dropped() {}, batch() {}, queued() {}, workerRestarted() {} }

/** @throws ServeryError `MODEL_LOAD_FAILED`, or the error of a request that the model refuses */
export async function recordPredictions(definition: ModelDefinition, name: string, directory: string): Promise<void> {
  const instance: ModelInstance = {
    definition,
    name,
    version: 'RECORDING-1',
    directory,
    card: readCardSync(directory),
    settings: { device: 'cpu', ...(Value.Default(definition.params ?? Type.Object({}), {}) as object) },
  }
  const limits = { maxItems: Number.MAX_SAFE_INTEGER, maxCost: Number.MAX_SAFE_INTEGER }
  const runner = new LocalRunner(instance, { concurrency: 1, remote: false })
  const engine = new Engine(instance, runner, { limits, observer: noObserver })
  await engine.start({ everyWorker: true, inBackground: false })
  const recordings = []
  for (const request of readRecordedRequests(requestsFile(directory))) {
    const { results } = await engine.infer(itemsOf(definition, request), { deadlineMs: DEADLINE_MS, failFast: true })
    recordings.push({ ...request, outputs: (results as ItemOutput[]).map(({ output }) => output) })
  }
  await engine.shutdown()
  writeFileSync(recordingsFile(directory), `${JSON.stringify(recordings, null, 1)}\n`)
}
