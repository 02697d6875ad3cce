// How well equal bands find the pairs above a threshold of exact Jaccard similarity: every offer of the one shop against every
// offer of the other, by the code that serves. Usage: DATA_DIR=… node evaluate.js; prints JSON.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { isCandidate, shingles } from '@servery/hashing'
import { createParameters } from '../serve/dist/signing/parameters.js'
import { sign, wordsOf } from '../serve/dist/signing/sign.js'

const SHINGLE_SIZES = [1, 2]
const THRESHOLDS = Array.from({ length: 17 }, (_, i) => (i + 2) / 20)
const PERMUTATIONS = 128
/** Product names hold few stop words, and those count. */
const settings = { algorithm: 'words', language: null }

const parametersOf = createParameters()
const [left, right] = readOffers(path.join(process.env.DATA_DIR, 'near_duplicates/amazon_google'))
const curves = SHINGLE_SIZES.map((size) => ({ size, points: curveOf(size) }))
const pairs = left.length * right.length
console.log(
  JSON.stringify({ permutations: PERMUTATIONS, left: left.length, right: right.length, pairs, curves }, null, 2),
)

/** The distinct product names of both shops, over all splits: nothing is chosen by them. */
function readOffers(folder) {
  const rows = ['train', 'valid', 'test'].flatMap((split) =>
    readFileSync(path.join(folder, `${split}.txt`), 'utf8')
      .trim()
      .split('\n'),
  )
  const title = (record) => record.match(/^COL title VAL (.*?) COL /)[1]
  return [0, 1].map((side) => [...new Set(rows.map((row) => title(row.split('\t')[side])))])
}

function curveOf(size) {
  const similar = similarPairs(size)
  return THRESHOLDS.map((threshold) => {
    const { permutations, bands } = parametersOf(threshold, PERMUTATIONS)
    const signed = (contents) => contents.map((content) => sign(wordsOf(content, settings), size, permutations))
    const [ls, rs] = [signed(left), signed(right)]
    let [found, wrong, above] = [0, 0, 0]
    similar.forEach((similarity, place) => {
      if (similarity >= threshold) above += 1
      const [a, b] = [ls[Math.floor(place / right.length)], rs[place % right.length]]
      if (!a || !b || !isCandidate(a, b, bands)) return
      if (similarity >= threshold) found += 1
      else wrong += 1
    })
    return { threshold, bands: bands.count, rows: bands.rows, above, found, wrong }
  })
}

/** Exact similarity of every pair, row by row. */
function similarPairs(size) {
  const sets = (contents) => contents.map((content) => shingles(wordsOf(content, settings), size))
  const [ls, rs] = [sets(left), sets(right)]
  const similarities = new Float64Array(left.length * right.length)
  ls.forEach((a, i) => {
    rs.forEach((b, j) => {
      similarities[i * right.length + j] = jaccard(a, b)
    })
  })
  return similarities
}

function jaccard(a, b) {
  let both = 0
  for (const shingle of a) if (b.has(shingle)) both += 1
  return both === 0 ? 0 : both / (a.size + b.size - both)
}
