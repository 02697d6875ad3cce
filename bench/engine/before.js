// `make bench.before BEFORE=<folder>`: the work per CPU-second of this checkout over that of another one, built in that folder, one
// model and one worker each, in interleaved rounds. For changes that must not cost anything. Prints a line for each kind of text.
import path from 'node:path'
import { quantile, round } from '../server.js'
import { load, startEmbed, startWords } from './sides.js'

const ROUNDS = Number(process.env.ROUNDS ?? 7)
/** Texts of one round, some seconds of work each; `words` is the model that costs nothing, where all is the way of a request. */
const COUNTS = { short: 3_000, medium: 1_000, mixed: 1_200 }
const WORDS = 20_000
const CONNECTIONS = 96
/** Requests before the first measurement: until V8 has compiled the path of a request, one costs three times as much. */
const WARM_UP = 6_000

const [before] = process.argv.slice(2)
if (before === undefined) {
  console.error(
    'Usage: make bench.before BEFORE=<folder of another checkout, built, with the model of keywords downloaded>',
  )
  process.exit(2)
}
const models = path.join(path.resolve(before), 'bench/models')

await compare('words', await startWords('model-server.js'), await startWords('model-server.js', models), {
  short: WORDS,
})
await compare('embed', await startEmbed('ours', 1), await startEmbed('ours', 1, models), COUNTS)

async function compare(model, ours, theirs, counts) {
  for (const server of [ours, theirs]) await load(server, 'short', WARM_UP, CONNECTIONS)
  for (const [kind, count] of Object.entries(counts)) {
    const ratios = []
    for (let i = 0; i < ROUNDS; i++) {
      // Whichever goes first changes with every round: a machine that slows down favours neither.
      const order = i % 2 === 0 ? [ours, theirs] : [theirs, ours]
      const seconds = new Map()
      for (const server of order) seconds.set(server, (await load(server, kind, count, CONNECTIONS)).cpuSeconds)
      ratios.push(seconds.get(theirs) / seconds.get(ours))
    }
    const [low, median, high] = [0, 0.5, 1].map((q) => round(quantile(ratios, q)))
    console.log(`${model}, ${kind} texts: ${median} (${low} to ${high}) of ${ROUNDS} rounds`)
  }
  await Promise.all([ours.stop(), theirs.stop()])
}
