// The methods that summarization is measured against, over the same sentences and filled up by the same rule: best sentence
// first, if it still fits, in the order of the text.

/** @returns {number[]} score of every sentence, higher is better */
export const BASELINES = {
  lead: (sentences) => sentences.map((_, place) => -place),
  LexRank: (sentences) => pageRank(sentences, tfIdfCosine(sentences)),
  TextRank: (sentences) => pageRank(sentences, sharedWords),
}

/** Continuous LexRank: cosine of tf-idf. Source: Erkan and Radev 2004. */
function tfIdfCosine(sentences) {
  const documents = new Map()
  for (const { terms } of sentences)
    for (const term of terms.keys()) documents.set(term, (documents.get(term) ?? 0) + 1)
  const idf = (term) => Math.log((1 + sentences.length) / documents.get(term))
  const vectors = new Map(
    sentences.map((sentence) => [
      sentence,
      new Map([...sentence.terms].map(([term, count]) => [term, count * idf(term)])),
    ]),
  )
  const norm = (vector) => Math.sqrt([...vector.values()].reduce((sum, value) => sum + value * value, 0)) || 1
  return (a, b) => {
    const [va, vb] = [vectors.get(a), vectors.get(b)]
    let product = 0
    for (const [term, value] of va) product += value * (vb.get(term) ?? 0)
    return product / (norm(va) * norm(vb))
  }
}

/** Source: Mihalcea and Tarau 2004, section 5. */
function sharedWords(a, b) {
  if (a.terms.size < 2 || b.terms.size < 2) return 0
  let both = 0
  for (const term of a.terms.keys()) if (b.terms.has(term)) both += 1
  return both / (Math.log(a.terms.size) + Math.log(b.terms.size))
}

const DAMPING = 0.85
const ROUNDS = 60

function pageRank(sentences, similarity) {
  const n = sentences.length
  const weights = sentences.map((a, i) => sentences.map((b, j) => (i === j ? 0 : similarity(a, b))))
  const sums = weights.map((row) => row.reduce((sum, value) => sum + value, 0) || 1)
  let ranks = new Array(n).fill(1 / n)
  for (let round = 0; round < ROUNDS; round++)
    ranks = ranks.map(
      (_, j) => (1 - DAMPING) / n + DAMPING * ranks.reduce((sum, rank, i) => sum + (rank * weights[i][j]) / sums[i], 0),
    )
  return ranks.map((rank) => Number(rank.toFixed(9)))
}

/** Places of the best sentences that fit, ascending. */
export function fillUp(sentences, scores, length) {
  const chosen = []
  let room = length
  const order = sentences.map((_, place) => place).sort((a, b) => scores[b] - scores[a] || a - b)
  for (const place of order) {
    if (sentences[place].length > room) continue
    room -= sentences[place].length
    chosen.push(place)
  }
  if (chosen.length === 0)
    chosen.push(sentences.reduce((s, { length }, i) => (length < sentences[s].length ? i : s), 0))
  return chosen.sort((a, b) => a - b)
}
