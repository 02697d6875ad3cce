// Runs Jest and prints `tests: N passed, N failed` as its last line. Tests may be skipped only for reasons listed in
// .ci/skips.json; the run also fails if fewer tests than its `minimum_tests` passed.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const only = process.argv[2] === '--only' ? process.argv[3] : undefined
const { minimum_tests: floor, skips } = JSON.parse(readFileSync('.ci/skips.json', 'utf8'))
const folder = mkdtempSync(path.join(os.tmpdir(), 'servery-tests-'))
const report = path.join(folder, 'report.json')

const jest = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--ci',
    '--json',
    `--outputFile=${report}`,
    '--maxWorkers=2',
    ...(only ? [only] : []),
  ],
  { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } },
)
const results = readReport()
rmSync(folder, { recursive: true })

const skipped = results.testResults
  .flatMap((suite) => suite.assertionResults)
  .filter(({ status }) => status === 'pending' || status === 'todo')
const faults = skipped.flatMap(reasonToFail)
if (only === undefined && results.numPassedTests < floor) {
  faults.push(`Only ${results.numPassedTests} tests passed; .ci/skips.json requires at least ${floor}.`)
}
if (results.numTotalTests === 0) faults.push('No tests were found.')
for (const fault of faults) console.error(fault)
const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + faults.length
console.log(
  `tests: ${results.numPassedTests} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`,
)
process.exit(failed > 0 || jest.status !== 0 ? 1 : 0)

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    console.error('Jest wrote no report.')
    console.log('tests: 0 passed, 1 failed')
    process.exit(1)
  }
}

/** The title of a skipped test ends with its reason, "… [reason]", which must be listed. */
function reasonToFail({ fullName }) {
  const reason = fullName.match(/\[([a-z-]+)\]$/)?.[1]
  const known = skips.find((skip) => skip.reason === reason)
  if (known === undefined) return [`Skipped without a listed reason: ${fullName}`]
  console.log(`skipped: ${fullName} — ${known.why} It runs ${known.runs}`)
  return []
}
