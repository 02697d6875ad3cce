/**
 * Warm-up and self-test: before a version is ready, it must reproduce some of its recorded answers.
 * Without recordings it answers its example once, unless it calls other services.
 */
import { type Logger, ServeryError } from '@servery/core'
import { firstDifference, readRecordings, recordingsFile } from '@servery/model-version'
import type { Engine } from '../engine/engine.ts'
import type { ModelInstance } from '../model/model.ts'
import { itemsOf, type ModelRequest } from '../model/request.ts'

/** What to do if answers differ from the recorded ones: `require` fails, `warn` logs a warning. `off` only warms up. */
export type SelfTest = 'require' | 'warn' | 'off'

/** Number of recorded requests to answer: enough to detect a wrong model, few enough to start fast. */
const REQUESTS = 3
const WARM_UP_DEADLINE_MS = 60_000

export async function selfTest(instance: ModelInstance, engine: Engine, mode: SelfTest, logger: Logger): Promise<void> {
  const { definition, directory, version } = instance
  const isRecorded = mode !== 'off' && directory !== ''
  const recordings = isRecorded ? readRecordings(recordingsFile(directory)).slice(0, REQUESTS) : []
  if (recordings.length === 0) {
    // A start must not depend on another service, nor cost money there.
    if (!engine.capabilities.remote) await outputsOf(instance, engine, definition.operations.predict.example)
    return
  }
  for (const recording of recordings) {
    const difference = firstDifference(await outputsOf(instance, engine, recording), recording.outputs)
    if (difference === undefined) continue
    const sentence = `${version} does not answer as recorded with it (${difference}). The artifact may be damaged, or the CPU may lack VNNI instructions. SERVERY_SELF_TEST=warn starts it anyway.`
    if (mode === 'require') throw new ServeryError('MODEL_LOAD_FAILED', sentence)
    logger.warn({ version }, sentence)
  }
}

async function outputsOf({ definition }: ModelInstance, engine: Engine, request: ModelRequest): Promise<unknown[]> {
  const options = { deadlineMs: WARM_UP_DEADLINE_MS, failFast: true }
  const { results } = await engine.infer(itemsOf(definition, request), options)
  return results.map((result) => ('output' in result ? result.output : undefined))
}
