/** All requests that a load run may send, and the order in which a group of users sends them. */
import { ServeryError } from '@servery/core'
import type { ModelDefinition } from '@servery/serving'
import { corpus } from './corpus.ts'
import { type Exchange, endpointId } from './exchange.ts'
import { randomFrom } from './random.ts'
import { readRecorded } from './recorded.ts'
import type { WorkloadMix } from './user-groups.ts'

/** Enough that a run does not send all of them, few enough that many are sent twice and their answers can be compared. */
const CORPUS_TEXTS = 3_000

export type Workload = Readonly<Record<keyof WorkloadMix, readonly Exchange[]>>

export interface WorkloadOptions {
  /** The name of the model in routes. */
  readonly model: string
  readonly definition: ModelDefinition
  /** The bio before the run; it must not change during the run. */
  readonly bio: unknown
  /** File of the recorded requests and answers. */
  readonly recording: string
  readonly seed: number
  /** The predict body for one text of the corpus. */
  corpusRequest(text: string): unknown
}

/** @throws ServeryError `CONFIG_INVALID` if the recordings cannot be used */
export function createWorkload({ model, definition, bio, recording, seed, corpusRequest }: WorkloadOptions): Workload {
  const base = `/v1/model/${model}`
  return {
    bio: [{ method: 'GET', path: `${base}/bio`, expected: bio }],
    recorded: readRecorded(recording, definition, base),
    corpus: corpus(CORPUS_TEXTS, seed).map((text) => ({
      method: 'POST',
      path: `${base}/predict`,
      body: JSON.stringify(corpusRequest(text)),
    })),
  }
}

/** Ids of the endpoints that groups of users with these mixes call. */
export function calledEndpoints(workload: Workload, mixes: readonly WorkloadMix[]): Set<string> {
  const kinds = Object.keys(workload) as (keyof Workload)[]
  const called = kinds.filter((kind) => mixes.some((mix) => (mix[kind] ?? 0) > 0))
  return new Set(called.flatMap((kind) => workload[kind].map(endpointId)))
}

/**
 * Draws exchanges at random by the weights of a mix, the same sequence for the same seed.
 * @throws ServeryError `CONFIG_INVALID` if there is nothing to send
 */
export function sampleWorkload(workload: Workload, mix: WorkloadMix, seed: number): () => Exchange {
  const random = randomFrom(seed)
  const kinds = Object.entries(mix).filter(([, weight]) => weight > 0) as [keyof WorkloadMix, number][]
  const total = kinds.reduce((sum, [, weight]) => sum + weight, 0)
  const empty = kinds.find(([kind]) => workload[kind].length === 0)
  if (total === 0 || empty)
    throw new ServeryError('CONFIG_INVALID', `The load plan has nothing to send for ${empty?.[0] ?? 'its users'}.`)
  return () => {
    const choices = workload[kindAt(kinds, random() * total)]
    return choices[Math.floor(random() * choices.length)] as Exchange
  }
}

/** The kind whose interval of the cumulated weights holds `at`. */
function kindAt(kinds: readonly [keyof WorkloadMix, number][], at: number): keyof WorkloadMix {
  let upTo = 0
  for (const [kind, weight] of kinds) {
    upTo += weight
    if (at < upTo) return kind
  }
  return (kinds.at(-1) as [keyof WorkloadMix, number])[0]
}
