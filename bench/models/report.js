// Keeps the figures of every benchmark of many models in bench/results/models.json, and writes all of them into bench/README.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { cellsOf, HEAD } from '../figures.js'
import { machine, round } from '../server.js'
import { writeTable } from '../table.js'

const FILE = path.join(import.meta.dirname, '../results/models.json')
/** The order of the table. */
const NAMES = ['isolation', 'memory', 'neighbours', 'churn', 'projects']

/** @param {string} name of the benchmark @param {object} settings what was measured, such as the number of rounds */
export function report(name, settings, rows) {
  const load = os.loadavg().map(round).join(', ')
  console.log(`load average at the end: ${load}`)
  const all = {
    ...(existsSync(FILE) && JSON.parse(readFileSync(FILE, 'utf8'))),
    [name]: { machine, load, settings, rows },
  }
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`)
  const known = NAMES.filter((each) => each in all)
  const dates = [...new Set(known.map((each) => all[each].machine.date))].sort()
  const setup = `${dates.join(' and ')}, ${machine.cpu}, ${machine.cpus} CPUs, Node ${machine.node}; default settings, so ${machine.cpus} workers.`
  const cells = known.flatMap((each) => all[each].rows.map((row) => cellsOf(row)))
  writeTable('models', setup, HEAD, cells)
  process.exitCode = rows.some(({ reached }) => reached === false) ? 1 : 0
}
