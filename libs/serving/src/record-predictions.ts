/**
 * Records what a version answers: reads `test_files/requests.json` of a version's folder, answers every request through
 * the real engine and writes `test_files/predictions.json`, a list of `{request, response}`. Part of a compile, never of serving.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readCardSync } from '@servery/model-version'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { Engine } from './engine/engine.ts'
import { answerOf, itemsOf, type PredictBody } from './model/body.ts'
import type { ModelDefinition, ModelInstance } from './model/model.ts'
import { LocalRunner } from './workers/local-runner.ts'

const DEADLINE_MS = 60_000
const unobserved = { refused() {}, dropped() {}, batch() {}, queued() {}, workerRestarted() {} }

export async function recordPredictions(definition: ModelDefinition, name: string, directory: string): Promise<void> {
  const card = readCardSync(directory)
  const instance: ModelInstance = {
    definition,
    name,
    version: 'RECORDING-1',
    directory,
    card,
    settings: { device: 'cpu', ...(Value.Default(definition.params ?? Type.Object({}), {}) as object) },
  }
  const limits = { maxItems: Number.MAX_SAFE_INTEGER, maxCost: Number.MAX_SAFE_INTEGER }
  const engine = new Engine(instance, new LocalRunner(instance, 1), { limits, observer: unobserved })
  await engine.start()
  const requests = JSON.parse(
    readFileSync(path.join(directory, 'test_files', 'requests.json'), 'utf8'),
  ) as PredictBody[]
  const recorded = []
  for (const request of requests) {
    const { outputs } = await engine.infer(itemsOf(definition, request), { deadlineMs: DEADLINE_MS })
    recorded.push({ request, response: answerOf(definition, request, outputs) })
  }
  await engine.drain()
  writeFileSync(path.join(directory, 'test_files', 'predictions.json'), `${JSON.stringify(recorded, null, 1)}\n`)
}
