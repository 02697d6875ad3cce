/**
 * Warm-up and self-test: before a version counts as ready it answers requests recorded with it the way it did when it was
 * made; without a recording, its own example once, unless it asks services of others.
 */
import { type Logger, ServeryError } from '@servery/core'
import { firstDifference, readRecordings, recordingsFile } from '@servery/model-version'
import type { Engine } from '../engine/engine.ts'
import type { ModelInstance } from '../model/model.ts'
import { itemsOf, type ModelRequest } from '../model/request.ts'

/** `require` refuses readiness on a drift, `warn` only says so, `off` warms up without comparing. */
export type SelfTest = 'require' | 'warn' | 'off'

/** Recorded requests answered before readiness: enough to see a wrong model, few enough to start fast. */
const REQUESTS = 3
const WARM_UP_DEADLINE_MS = 60_000

export async function selfTest(instance: ModelInstance, engine: Engine, mode: SelfTest, logger: Logger): Promise<void> {
  const { definition, directory, version } = instance
  const isRecorded = mode !== 'off' && directory !== ''
  const recordings = isRecorded ? readRecordings(recordingsFile(directory)).slice(0, REQUESTS) : []
  if (recordings.length === 0) {
    // A start must not depend on a service of others, nor be charged for.
    if (!engine.capabilities.remote) await outputsOf(instance, engine, definition.operations.predict.example)
    return
  }
  for (const recording of recordings) {
    const difference = firstDifference(await outputsOf(instance, engine, recording), recording.outputs)
    if (difference === undefined) continue
    const sentence = `${version} does not answer as recorded with it (${difference}). Is the artifact damaged, or the CPU without VNNI? SERVERY_SELF_TEST=warn starts it all the same.`
    if (mode === 'require') throw new ServeryError('MODEL_LOAD_FAILED', sentence)
    logger.warn({ version }, sentence)
  }
}

async function outputsOf({ definition }: ModelInstance, engine: Engine, request: ModelRequest): Promise<unknown[]> {
  const options = { deadlineMs: WARM_UP_DEADLINE_MS, failFast: true }
  const { results } = await engine.infer(itemsOf(definition, request), options)
  return results.map((result) => ('output' in result ? result.output : undefined))
}
