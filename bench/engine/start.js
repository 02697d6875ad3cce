// `make bench.start`: milliseconds from the spawn of a project's server to the first 200 on /v1/ready, and the private memory of its
// workers, with 2 and 3 workers; with BEFORE=<folder> also of another checkout, built there, in interleaved rounds.
import { spawn } from 'node:child_process'
import http from 'node:http'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../libs/load-testing/dist/server-process.js'
import { quantile, round } from '../server.js'
import { privateMegabytes, treeOf } from './processes.js'

const ROUNDS = Number(process.env.ROUNDS ?? 7)
const PROJECT = process.env.PROJECT ?? 'keywords'
/** The difference between the two is what a further worker costs. */
const WORKERS = [2, 3]
/** Short against a start, long enough to leave the CPUs to the server. */
const READY_INTERVAL_MS = 5

const [before] = process.argv.slice(2)
const sides = { ours: path.join(import.meta.dirname, '../..'), ...(before && { theirs: path.resolve(before) }) }
/** By side and number of workers. */
const starts = new Map()

for (let i = -1; i < ROUNDS; i++) {
  // Whichever goes first changes with every round: a machine that slows down favours neither.
  const order = i % 2 === 0 ? Object.keys(sides) : Object.keys(sides).reverse()
  for (const workers of WORKERS)
    for (const side of order) {
      const figures = await measure(sides[side], workers)
      const key = `${side}, ${workers} workers`
      // The first round reads the files from the disk.
      if (i >= 0) starts.set(key, [...(starts.get(key) ?? []), figures])
    }
}
report()

async function measure(checkout, workers) {
  const port = await freePort()
  const startedAt = performance.now()
  const child = spawn(process.execPath, [path.join(checkout, `projects/${PROJECT}/serve/dist/model-server.js`)], {
    env: {
      ...process.env,
      SERVERY_HOST: '127.0.0.1',
      SERVERY_PORT: String(port),
      SERVERY_NUM_WORKERS: String(workers),
      SERVERY_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`)
    await pause(READY_INTERVAL_MS)
  }
  const ms = performance.now() - startedAt
  const [api, ...pids] = treeOf(child.pid).map(privateMegabytes)
  child.kill('SIGTERM')
  await exited
  return { ms, api, workers: pids }
}

/** A refused connection means that it is not ready yet. */
function isReady(port) {
  return new Promise((resolve) => {
    http
      .get({ host: '127.0.0.1', port, path: '/v1/ready', agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode === 200)
      })
      .on('error', () => resolve(false))
  })
}

function report() {
  for (const [key, figures] of starts) {
    const ms = figures.map((figure) => figure.ms)
    const [low, median, high] = [0, 0.5, 1].map((q) => Math.round(quantile(ms, q)))
    const each = figures[0].workers.map((_, i) => middle(figures.map((figure) => figure.workers[i])))
    console.log(
      `${PROJECT}, ${key}: ${median} ms to ready (${low} to ${high}); private MB: API ${middle(figures.map(({ api }) => api))}, workers ${each.join(', ')}`,
    )
  }
  for (const side of Object.keys(sides)) {
    const [two, three] = WORKERS.map((workers) => starts.get(`${side}, ${workers} workers`))
    const added = three.map((figure, i) => total(figure) - total(two[i]))
    console.log(`${PROJECT}, ${side}: a further worker, private MB: ${middle(added)}`)
  }
  if (!before) return
  for (const workers of WORKERS) {
    const theirs = starts.get(`theirs, ${workers} workers`)
    const ratios = starts.get(`ours, ${workers} workers`).map(({ ms }, i) => ms / theirs[i].ms)
    console.log(`${PROJECT}, ${workers} workers: ms to ready, ours over theirs: ${middle(ratios)}`)
  }
}

function total({ api, workers }) {
  return workers.reduce((a, b) => a + b, api)
}

function middle(values) {
  return round(quantile(values, 0.5))
}
