/** Whether an outcome is right. */
import { firstDifference } from '@servery/model-version'
import type { Exchange, Outcome } from '../workload/exchange.ts'

export interface Failure {
  readonly kind: 'failed' | 'wrong'
  /** What went wrong, the same words for the same cause. */
  readonly error: string
}

/** For exchanges without a recorded answer: the same text must get the same answer, in whatever batch. */
const firstAnswers = new WeakMap<Exchange, unknown>()

/**
 * An answer is right with status 200, JSON, and the recorded content within the tolerance of recordings; where nothing is
 * recorded, with the content of the first answer to the same exchange.
 * @returns what is wrong; undefined when nothing is
 */
export function judge(exchange: Exchange, outcome: Outcome): Failure | undefined {
  if ('error' in outcome) return { kind: 'failed', error: outcome.error }
  const { status, body } = outcome
  const answer = parse(body)
  if (status !== 200) return { kind: 'failed', error: `${status} ${problemCode(answer)}`.trim() }
  if (answer === undefined) return { kind: 'wrong', error: 'wrong answer: not JSON' }
  const expected = exchange.expected ?? firstAnswers.get(exchange)
  if (expected === undefined) {
    firstAnswers.set(exchange, answer)
    return undefined
  }
  const difference = firstDifference(answer, expected)
  return difference === undefined ? undefined : { kind: 'wrong', error: `wrong answer: ${difference.slice(0, 200)}` }
}

/** The code of a problem document; empty for anything else. */
function problemCode(answer: unknown): string {
  return String((answer as { code?: unknown } | null | undefined)?.code ?? '')
}

/** undefined for what is no JSON. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
