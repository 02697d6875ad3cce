/** Decodes the logits of words to entities. Must agree with projects/ner/compile/decode.py. */

/** Words [start, end) of one type. */
export interface LabelledSpan {
  readonly type: string
  readonly start: number
  readonly end: number
  /** Mean probability of the labels, 0 to 1. */
  readonly score: number
}

/**
 * Returns the spans of a sentence: those of the best label sequence in which every `I-X` follows `B-X` or `I-X` (Viterbi).
 *
 * @param logits `[w]` rows of `[labels]`
 * @param continues whether word i belongs to the entity of word i - 1 although it has a `B-` of the same type
 */
export type Decoder = (logits: readonly Float32Array[], continues?: (word: number) => boolean) => LabelledSpan[]

/** @param labels `O`, `B-<type>`, `I-<type>` */
export function createDecoder(labels: readonly string[]): Decoder {
  const parts = labels.map((label) => ({ prefix: label.slice(0, 1), type: label.slice(2) }))
  const starts = parts.map(({ prefix }) => prefix !== 'I')
  const predecessors = parts.map(({ prefix, type }) =>
    parts.flatMap((previous, i) => (prefix !== 'I' || previous.type === type ? [i] : [])),
  )
  return (logits, continues = () => false) => {
    const scores = logits.map(logSoftmax)
    const spans: { type: string; start: number; end: number; sum: number }[] = []
    bestPath(scores, starts, predecessors).forEach((label, word) => {
      const { prefix, type } = parts[label]!
      if (prefix === 'O') return
      const probability = Math.exp(scores[word]![label]!)
      const last = spans.at(-1)
      if (last?.end === word && last.type === type && (prefix === 'I' || continues(word))) {
        last.end += 1
        last.sum += probability
      } else spans.push({ type, start: word, end: word + 1, sum: probability })
    })
    return spans.map(({ type, start, end, sum }) => ({ type, start, end, score: sum / (end - start) }))
  }
}

/**
 * The index of the label of every word.
 *
 * @param starts whether a sentence may begin with a label
 * @param predecessors by label, the labels that may precede it
 */
function bestPath(
  scores: readonly Float64Array[],
  starts: readonly boolean[],
  predecessors: readonly (readonly number[])[],
): number[] {
  if (scores.length === 0) return []
  let best = scores[0]!.map((score, label) => (starts[label] ? score : -Infinity))
  const back: number[][] = []
  for (const row of scores.slice(1)) {
    const from = predecessors.map((before) => before.reduce((a, b) => (best[b]! > best[a]! ? b : a)))
    best = row.map((score, label) => best[from[label]!]! + score)
    back.push(from)
  }
  const path = [best.indexOf(Math.max(...best))]
  for (const from of back.reverse()) path.push(from[path.at(-1)!]!)
  return path.reverse()
}

function logSoftmax(logits: Float32Array): Float64Array {
  const highest = Math.max(...logits)
  const total = Math.log(logits.reduce((sum, value) => sum + Math.exp(value - highest), 0))
  return Float64Array.from(logits, (value) => value - highest - total)
}
