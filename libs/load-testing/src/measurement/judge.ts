/** Judges whether an answer is right. */
import { firstDifference } from '@servery/model-version'
import type { Exchange, Outcome } from '../workload/exchange.ts'

export interface Failure {
  readonly kind: 'failed' | 'wrong'
  /** What went wrong, with the same words for the same cause. */
  readonly error: string
}

/** First answers to exchanges without a recorded answer: the same text must get the same answer in every batch. */
const firstAnswers = new WeakMap<Exchange, unknown>()

/**
 * An answer is right if it has status 200 and is JSON equal to the recorded answer within the tolerance of recordings; if nothing is
 * recorded, equal to the first answer to the same exchange.
 * @returns the failure; undefined if the answer is right
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

/** undefined if the text is not JSON. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
