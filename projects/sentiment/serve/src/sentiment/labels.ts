/** From probabilities to a label. */
import type { Configuration, Label } from '../schemas.ts'

export interface Probabilities {
  readonly negative: number
  readonly neutral: number
  readonly positive: number
}

/** Of what was not read. */
export const CERTAINLY_NEUTRAL: Probabilities = { negative: 0, neutral: 1, positive: 0 }

type Rule = (probabilities: Probabilities) => Label

export const LABEL_RULES: Readonly<Record<Configuration['label_rule'], Rule>> = {
  calibrated: likeliest,

  /**
   * The rule of the reference: the positive probability is raised, the negative one reduced by a share of it, neutral is the rest. Positive
   * wins whenever negative is below a fifth of it, however likely neutral is.
   */
  reference({ negative, positive }) {
    const less = negative - 0.2 * positive
    const more = 1.7 * positive
    if (more > 1 || less < 0) return 'positive'
    return likeliest({ negative: less, neutral: 1 - more - less, positive: more })
  },
}

/** Neutral if no class is likelier than both others. */
function likeliest({ negative, neutral, positive }: Probabilities): Label {
  if (negative > neutral && negative > positive) return 'negative'
  return positive > neutral && positive > negative ? 'positive' : 'neutral'
}

/** @param logits calibrated, in the order negative, neutral, positive */
export function softmax(logits: Float32Array): Probabilities {
  const highest = Math.max(...logits)
  const [negative, neutral, positive] = Array.from(logits, (logit) => Math.exp(logit - highest)) as [
    number,
    number,
    number,
  ]
  const total = negative + neutral + positive
  return { negative: negative / total, neutral: neutral / total, positive: positive / total }
}

/** Weighted mean, rounded to four decimals. @param weights one per element, with a sum above 0 */
export function meanOf(each: readonly Probabilities[], weights: readonly number[]): Probabilities {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const of = (key: keyof Probabilities) => {
    const mean = each.reduce((sum, one, i) => sum + one[key] * weights[i]!, 0) / total
    return Math.round(mean * 10_000) / 10_000
  }
  return { negative: of('negative'), neutral: of('neutral'), positive: of('positive') }
}
