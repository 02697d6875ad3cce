// ROUGE of summaries against SciTLDR: `DATA_DIR=… node evaluate.js [train|dev]`. The sentences are those of the data set; every method
// chooses among the same ones. `one` is the one best sentence; a number is the most words.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { CHOSEN, select } from '../serve/dist/extractive/select.js'
import { sentencesOf } from '../serve/dist/extractive/sentences.js'
import { BASELINES, fillUp } from './baselines.js'
import { rougeL, rougeN } from './rouge.js'

const LENGTHS = ['one', 25, 50, 100]
const split = process.argv[2] ?? 'dev'

const papers = readFileSync(path.join(process.env.DATA_DIR, `summarization/scitldr_a/${split}.jsonl`), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  .map(({ source, target }) => ({ sentences: source.map((text) => oneSentence(text)), targets: target }))

const ours = (how) => (sentences, length) =>
  length === 'one' ? [bestOf(sentences, how)] : select(sentences, length, how)
const baseline = (scores) => (sentences, length) => {
  const ranks = scores(sentences)
  return length === 'one' ? [ranks.indexOf(Math.max(...ranks))] : fillUp(sentences, ranks, length)
}

if (process.argv[3] === 'sweep') sweep()
else report()

/** The data set's sentence as the served code sees it, not split again. */
function oneSentence(text) {
  const parts = sentencesOf(text.replace(/\s+/g, ' '), 'en')
  const terms = new Map()
  for (const part of parts) for (const [term, count] of part.terms) terms.set(term, (terms.get(term) ?? 0) + count)
  return { text, length: parts.reduce((sum, part) => sum + part.length, 0), terms }
}

/** Room for one sentence only: that of the longest, taken by every sentence. */
function bestOf(sentences, how) {
  return select(
    sentences.map((sentence) => ({ ...sentence, length: 1 })),
    1,
    how,
  )[0]
}

/** Mean over papers of the best F over the references, in percent. */
function measure(choose, length) {
  const sums = { rouge1: 0, rouge2: 0, rougeL: 0 }
  for (const { sentences, targets } of papers) {
    const summary = choose(sentences, length)
      .map((place) => sentences[place].text)
      .join(' ')
    const best = (score) => Math.max(...targets.map((target) => score(summary, target).f))
    sums.rouge1 += best((a, b) => rougeN(a, b, 1))
    sums.rouge2 += best((a, b) => rougeN(a, b, 2))
    sums.rougeL += best(rougeL)
  }
  return Object.fromEntries(
    Object.entries(sums).map(([name, sum]) => [name, Number(((100 * sum) / papers.length).toFixed(2))]),
  )
}

function report() {
  const methods = {
    servery: ours(CHOSEN),
    ...Object.fromEntries(Object.entries(BASELINES).map(([name, scores]) => [name, baseline(scores)])),
  }
  const result = LENGTHS.map((length) => ({
    length,
    scores: Object.fromEntries(Object.entries(methods).map(([name, choose]) => [name, measure(choose, length)])),
  }))
  console.log(JSON.stringify(result, null, 2))
  writeFileSync(
    path.join(import.meta.dirname, 'result.json'),
    `${JSON.stringify({ split, papers: papers.length, result }, null, 2)}\n`,
  )
}

function sweep() {
  for (const introduction of [0, 0.25, 0.5, 1])
    for (const floor of [0, 0.05, 0.2, 0.5])
      for (const repeated of [0, 0.5, 1]) {
        const how = { introduction, floor, repeated }
        console.log(
          how,
          [repeated === 0 ? 'one' : 25, 25, 50, 100].map((length) => measure(ours(how), length).rouge1).join(' '),
        )
      }
}
