/** One request with what its answer must be, and the judgement of an answer. */
import { readFileSync } from 'node:fs'
import { ServeryError } from '@servery/core'
import { firstDifference } from '@servery/model-version'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { corpus, randomFrom } from './corpus.ts'
import type { LoadPlan, Mix } from './plan.ts'

export interface Exchange {
  readonly method: 'GET' | 'POST'
  /** As requested, without the host. */
  readonly path: string
  /** JSON; absent with GET. */
  readonly body?: string
  /** What the answer must be; absent for texts of the corpus, which nobody has recorded. */
  readonly expected?: unknown
  /** In place of it, the first answer to this request: the same text has the same answer, in whatever batch. */
  first?: unknown
}

/** `{METHOD}_{path}`, the name of an endpoint in results. */
export function endpointOf({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method}_${path}`
}

/** So many that a run does not send all of them, so few that many are sent twice and their answers can be compared. */
const CORPUS_TEXTS = 3_000

export interface Sources {
  readonly bio: readonly Exchange[]
  readonly recorded: readonly Exchange[]
  readonly corpus: readonly Exchange[]
}

/**
 * Everything that a plan may send.
 * @param bio what the server said of itself before the run, and must go on saying
 * @param recording file of the recorded requests and answers
 */
export function sourcesOf(plan: LoadPlan, model: string, bio: unknown, recording: string, seed: number): Sources {
  const base = `/v1/model/${model}`
  const predict = { method: 'POST', path: `${base}/predict` } as const
  return {
    bio: [{ method: 'GET', path: `${base}/bio`, expected: bio }],
    recorded: readRecorded(recording).map(({ request, response }) => ({
      ...predict,
      body: JSON.stringify(request),
      expected: response,
    })),
    corpus: corpus(CORPUS_TEXTS, seed).map((text) => ({ ...predict, body: JSON.stringify(plan.corpusRequest(text)) })),
  }
}

/** An entry without an answer would have nothing compared with it. */
const recordingSchema = Type.Array(Type.Object({ request: Type.Object({}), response: Type.Object({}) }), {
  minItems: 1,
})

function readRecorded(file: string): Static<typeof recordingSchema> {
  const recording = parsed(file)
  if (Value.Check(recordingSchema, recording)) return recording
  throw new ServeryError('CONFIG_INVALID', `${file} must be a list of {"request": {…}, "response": {…}}, one at least.`)
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new ServeryError(
      'CONFIG_INVALID',
      `The recorded answers ${file} cannot be read: get the model version first, with TASK=download-model.`,
      { cause: error },
    )
  }
}

/** The endpoints that groups of users ask. */
export function endpointsAsked(sources: Sources, mixes: readonly Mix[]): Set<string> {
  const kinds = Object.keys(sources) as (keyof Sources)[]
  const asked = kinds.filter((kind) => mixes.some((mix) => (mix[kind] ?? 0) > 0))
  return new Set(asked.flatMap((kind) => sources[kind].map(endpointOf)))
}

/** A stream of exchanges in the proportions of a mix, the same one for the same seed. @throws ServeryError `CONFIG_INVALID` */
export function drawFrom(sources: Sources, mix: Mix, seed: number): () => Exchange {
  const random = randomFrom(seed)
  const kinds = Object.entries(mix).filter(([, weight]) => weight > 0) as [keyof Mix, number][]
  const total = kinds.reduce((sum, [, weight]) => sum + weight, 0)
  const empty = kinds.find(([kind]) => sources[kind].length === 0)
  if (total === 0 || empty)
    throw new ServeryError('CONFIG_INVALID', `The load plan has nothing to send for ${empty?.[0] ?? 'its users'}.`)
  return () => {
    const choices = sources[pick(kinds, random() * total)]
    return choices[Math.floor(random() * choices.length)] as Exchange
  }
}

/** The kind whose share of the weights holds `at`. */
function pick(kinds: readonly [keyof Mix, number][], at: number): keyof Mix {
  let upTo = 0
  for (const [kind, weight] of kinds) {
    upTo += weight
    if (at < upTo) return kind
  }
  return (kinds.at(-1) as [keyof Mix, number])[0]
}

export interface Failure {
  readonly kind: 'failed' | 'wrong'
  /** What went wrong, the same words for the same cause. */
  readonly error: string
}

/** What is wrong with an answer; undefined when it is right. */
export function judge(exchange: Exchange, status: number, body: string): Failure | undefined {
  if (status !== 200) return { kind: 'failed', error: `${status} ${codeOf(body)}`.trim() }
  const answer = jsonOf(body)
  if (answer === undefined) return { kind: 'wrong', error: 'wrong answer: not JSON' }
  const expected = exchange.expected ?? exchange.first
  if (expected === undefined) {
    exchange.first = answer
    return undefined
  }
  const difference = firstDifference(answer, expected)
  return difference === undefined ? undefined : { kind: 'wrong', error: `wrong answer: ${difference.slice(0, 200)}` }
}

/** The code of a problem document; empty for anything else. */
function codeOf(body: string): string {
  return String((jsonOf(body) as { code?: unknown } | null | undefined)?.code ?? '')
}

/** undefined for what is no JSON. */
function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
