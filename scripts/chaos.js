// `make chaos`: runs the long chaos suite, then the short one once for each injected fault, which must make it fail. Writes the tables
// of docs/reliability.md. node scripts/chaos.js [counts|faults] runs only one of the two.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { machine } from '../bench/server.js'
import { writeTable } from '../bench/table.js'
import { FAULTS } from '../libs/serving/tests/fixtures/chaos/fault-hooks.js'

const page = 'docs/reliability.md'
const folder = mkdtempSync(path.join(os.tmpdir(), 'servery-chaos-'))
const [part] = process.argv.slice(2)

if (part !== 'faults') writeCounts()
if (part !== 'counts') writeFaults()

function writeCounts() {
  const counts = path.join(folder, 'counts.json')
  const { status } = suite({ CHAOS: 'long', CHAOS_REPORT: counts })
  if (status !== 0) process.exit(1)
  const rows = JSON.parse(readFileSync(counts, 'utf8'))
  writeTable(
    'chaos',
    setup(),
    ['scenario', 'counted'],
    rows.map(({ scenario, counted }) => [scenario, counted]),
    page,
  )
}

function writeFaults() {
  const engine = readFileSync('libs/serving/dist/engine/engine.js', 'utf8')
  const gone = Object.entries(FAULTS).find(([, [line]]) => !engine.includes(line))
  // Otherwise the server would not start, and every test would fail for that reason.
  if (gone) throw new Error(`${gone[0]} cannot be injected: the engine has no line with ${gone[1][0]}`)
  const found = Object.keys(FAULTS).map((fault) => [fault, redTests(fault)])
  writeTable(
    'faults',
    setup(),
    ['fault planted in the engine', 'tests that turn red'],
    found.map(([fault, red]) => [fault, red.join('; ')]),
    page,
  )
  const unseen = found.filter(([, red]) => red.length === 0)
  for (const [fault] of unseen) console.error(`The suite does not detect ${fault}.`)
  process.exit(unseen.length)
}

function redTests(fault) {
  console.log(`With ${fault}: the suite should fail.`)
  const report = path.join(folder, `${fault}.json`)
  // A server that has lost a request keeps running; Jest must not wait for it.
  suite({ CHAOS_FAULT: fault }, ['--json', `--outputFile=${report}`, '--forceExit'])
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter((test) => test.status === 'failed').map(({ title }) => title),
  )
}

function suite(environment, args = []) {
  const jest = [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    'libs/serving/tests/chaos/',
  ]
  return spawnSync(process.execPath, [...jest, ...args], {
    env: { ...process.env, TIER: 'chaos', NODE_OPTIONS: '', ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

function setup() {
  return `${machine.date}, ${machine.cpu}, ${machine.cpus} CPUs, Node ${machine.node}.`
}
