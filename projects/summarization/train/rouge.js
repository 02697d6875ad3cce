// ROUGE-N, ROUGE-L and ROUGE-Lsum of one text against one reference, as ROUGE-1.5.5 and Google's rouge_score count them:
// lower case, words of a-z and 0-9, optionally Porter's stems of words above three letters.
import { stemmer } from 'stemmer'

/** @param {{stem?: boolean}} [options] @returns {string[]} */
export function tokens(text, { stem = false } = {}) {
  const found = text.toLowerCase().match(/[a-z0-9]+/g) ?? []
  return stem ? found.map((word) => (word.length > 3 ? stemmer(word) : word)) : found
}

/** @param {number} n words of a gram @returns {{p: number, r: number, f: number}} */
export function rougeN(prediction, target, n, options) {
  const [predicted, wanted] = [prediction, target].map((text) => grams(tokens(text, options), n))
  let both = 0
  for (const [gram, count] of predicted) both += Math.min(count, wanted.get(gram) ?? 0)
  return scores(both, total(predicted), total(wanted))
}

/** By the longest common subsequence. */
export function rougeL(prediction, target, options) {
  const [predicted, wanted] = [prediction, target].map((text) => tokens(text, options))
  return scores(commonPlaces(wanted, predicted).length, predicted.length, wanted.length)
}

/** By the union of the common subsequences of each line of the target with all lines of the prediction. */
export function rougeLsum(prediction, target, options) {
  const [predicted, wanted] = [prediction, target].map((text) => text.split('\n').map((line) => tokens(line, options)))
  const [left, right] = [predicted, wanted].map((lines) => grams(lines.flat(), 1))
  let hits = 0
  for (const line of wanted) {
    const places = new Set(predicted.flatMap((other) => commonPlaces(line, other)))
    for (const place of [...places].sort((a, b) => a - b)) {
      const word = line[place]
      if (!left.get(word) || !right.get(word)) continue
      hits += 1
      left.set(word, left.get(word) - 1)
      right.set(word, right.get(word) - 1)
    }
  }
  return scores(hits, predicted.flat().length, wanted.flat().length)
}

function grams(words, n) {
  const counts = new Map()
  for (let i = 0; i + n <= words.length; i++) {
    const gram = words.slice(i, i + n).join(' ')
    counts.set(gram, (counts.get(gram) ?? 0) + 1)
  }
  return counts
}

function total(counts) {
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}

function scores(hits, predicted, wanted) {
  const [p, r] = [hits / (predicted || 1), hits / (wanted || 1)]
  return { p, r, f: hits === 0 ? 0 : (2 * p * r) / (p + r) }
}

/** Places in `a` of one longest common subsequence of `a` and `b`. */
function commonPlaces(a, b) {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1))
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++)
      lengths[i][j] = a[i - 1] === b[j - 1] ? lengths[i - 1][j - 1] + 1 : Math.max(lengths[i - 1][j], lengths[i][j - 1])
  const places = []
  for (let i = a.length, j = b.length; i > 0 && j > 0; ) {
    if (a[i - 1] === b[j - 1]) {
      places.push(i - 1)
      i -= 1
      j -= 1
    } else if (lengths[i][j - 1] > lengths[i - 1][j]) j -= 1
    else i -= 1
  }
  return places.reverse()
}
