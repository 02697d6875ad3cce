// `node bench/lsh.js`: from text to bands, documents of 200 words, 128 permutations: the code of the served model in one
// process beside datasketch in one process, in turns. Rates are per second of CPU time, so that other work on the
// machine counts little. Writes lsh.json and the table in README.md, and checks the goals.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import servedModel from '../projects/lsh/serve/dist/served-model.js'
import { textsOf } from './engine/texts.js'
import { python } from './python.js'
import { machine, quantile, round } from './server.js'
import { writeTable } from './table.js'

const GOALS = { per_second_and_core: 3_000, times_datasketch: 1.5 }
const ROUNDS = Number(process.env.ROUNDS ?? 9)
const DOCUMENTS = 1_000
/** No stop words are removed on either side: 196 shingles a document. */
const configuration = { language: null, shingle_list: 5, threshold: 0.6, num_perm: 128, algorithm: 'words' }

const here = (file) => path.join(import.meta.dirname, file)
const texts = textsOf('long', DOCUMENTS)
const items = texts.map((content) => ({ input: { content }, configuration }))
const loaded = await servedModel.load({})
const sign = () => servedModel.predict(items, loaded, new AbortController().signal)

const peer = spawn(path.join(python(here('lsh/build'), here('lsh/requirements.txt')), 'python'), [
  here('lsh/datasketch_side.py'),
])
peer.stderr.pipe(process.stderr)
const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]()
const rounds = []
for (let i = 0; i <= ROUNDS; i++) {
  const figures = { servery: await perSecond(sign), ...(await askPeer()) }
  if (i > 0) rounds.push(figures) // the first warms up
  console.log(i, figures)
}
peer.stdin.end()
report()

/** Documents per second of CPU time of this process, its compiler and collector included. */
async function perSecond(call) {
  const before = process.cpuUsage()
  await call()
  const { user, system } = process.cpuUsage(before)
  return round((DOCUMENTS * 1e6) / (user + system))
}

/** The rates of the calls of datasketch; its signatures must equal ours, otherwise the comparison is not valid. */
async function askPeer() {
  peer.stdin.write(`${JSON.stringify(texts)}\n`)
  const { value } = await lines.next()
  const { rates, first } = JSON.parse(value)
  const [{ output }] = await servedModel.predict(items.slice(0, 1), loaded, new AbortController().signal)
  if (first.join() !== output.signature.join())
    throw new Error('datasketch makes other signatures: the comparison is not valid.')
  return rates
}

function report() {
  const median = (name) =>
    quantile(
      rounds.map((figures) => figures[name]),
      0.5,
    )
  const calls = Object.keys(rounds[0]).filter((name) => name !== 'servery')
  const fastest = (figures) => Math.max(...calls.map((name) => figures[name]))
  const ratios = rounds.map((figures) => figures.servery / fastest(figures))
  const figures = {
    per_second_and_core: Math.round(median('servery')),
    times_datasketch: round(quantile(ratios, 0.5)),
    datasketch: Object.fromEntries(calls.map((name) => [name, Math.round(median(name))])),
  }
  writeFileSync(here('lsh.json'), `${JSON.stringify({ machine, goals: GOALS, rounds: ROUNDS, figures }, null, 2)}\n`)
  const range = (name) => {
    const times = rounds.map((each) => each.servery / each[name])
    return `${round(quantile(times, 0.5))} (${round(Math.min(...times))} to ${round(Math.max(...times))})`
  }
  const rows = calls.map((name) => [`datasketch, \`${name.replace(',', '`,')}`, figures.datasketch[name], range(name)])
  writeTable(
    'lsh',
    `${machine.date}, ${machine.cpu}, ${machine.cpus} CPUs, Node ${machine.node}, ${ROUNDS} rounds.`,
    ['side', 'documents per second of CPU time', 'Servery is so many times as fast: median (range)'],
    [['Servery', figures.per_second_and_core, ''], ...rows],
  )
  console.table(figures)
  const missed = Object.entries(GOALS).filter(([name, goal]) => figures[name] < goal)
  for (const [name, goal] of missed) console.error(`${name} is ${figures[name]}, the goal is ${goal}`)
  process.exitCode = missed.length > 0 ? 1 : 0
}
