/**
 * Warm-up and self-test: before a version counts as ready it answers requests recorded with it
 * (`test_files/predictions.json`) the way it did when it was made; without a recording, its own example once, unless
 * it waits on the network.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type Logger, ServeryError } from '@servery/core'
import { firstDifference } from '@servery/model-version'
import type { Engine } from '../engine/engine.ts'
import { answerOf, itemsOf, type PredictBody } from '../model/body.ts'
import type { ModelInstance } from '../model/model.ts'

/** `require` refuses readiness on a drift, `warn` only says so, `off` warms up without comparing. */
export type SelfTest = 'require' | 'warn' | 'off'

export interface Recorded {
  readonly request: PredictBody
  readonly response: unknown
}

/** Recorded requests answered before readiness: enough to see a wrong model, few enough to start fast. */
const REQUESTS = 3
const WARM_UP_DEADLINE_MS = 60_000

export async function selfTest(instance: ModelInstance, engine: Engine, mode: SelfTest, logger: Logger): Promise<void> {
  const recorded = mode === 'off' ? [] : readRecorded(instance.directory).slice(0, REQUESTS)
  if (recorded.length === 0) {
    // A start must not depend on a service of others, nor be charged for.
    if (instance.definition.runner === 'async') return
    await ask(instance, engine, instance.definition.example as PredictBody)
    return
  }
  for (const { request, response } of recorded) {
    const difference = firstDifference(await ask(instance, engine, request), response)
    if (difference === undefined) continue
    const sentence = `${instance.version} does not answer as recorded with it (${difference}). Is the artifact damaged, or the CPU without VNNI? SERVERY_SELF_TEST=warn starts it all the same.`
    if (mode === 'require') throw new ServeryError('MODEL_LOAD_FAILED', sentence)
    logger.warn({ version: instance.version }, sentence)
  }
}

/** All recorded requests of a version with their answers; empty when it has none. */
export function readRecorded(directory: string): Recorded[] {
  const file = path.join(directory, 'test_files', 'predictions.json')
  return directory !== '' && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Recorded[]) : []
}

async function ask(instance: ModelInstance, engine: Engine, body: PredictBody): Promise<unknown> {
  const items = itemsOf(instance.definition, body)
  const answer = await engine.infer(items, { deadlineMs: WARM_UP_DEADLINE_MS })
  return answerOf(instance.definition, body, answer.outputs)
}
