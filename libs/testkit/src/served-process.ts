/** A model server in a process of its own on a free port, for tests over real HTTP. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'

/** Ten times what a start takes on a slow machine, in milliseconds. */
const START_TIMEOUT_MS = 120_000
const LOG_TIMEOUT_MS = 60_000
/** For the last log lines to arrive. */
const LAST_LINES_MS = 5_000

export interface ServedProcess {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly pid: number
  /** Process ids of its workers, those that are loading included. */
  workers(): number[]
  /** Sum of a metric over its labels, as `/metrics` has it now; 0 when it is not there. */
  metric(name: string): Promise<number>
  /** Log lines that have arrived, parsed; the server writes them some time after the fact. */
  readonly log: readonly Record<string, unknown>[]
  /** Resolves when a line whose message contains `words` has arrived. @throws Error when none does */
  logged(words: string): Promise<void>
  /** Resolves with the exit status once the process has ended. */
  readonly exited: Promise<number | null>
  /** SIGTERM, then resolves with the exit status when its last log lines have arrived. */
  stop(): Promise<number | null>
}

/**
 * The server that a suite calls: the one at TARGET_URL, which a compose service brings, else a process of its own.
 * @param entry and environment as `serveProcess`, for a process of its own
 */
export async function serverUnderTest(
  entry: string,
  environment: Record<string, string> = {},
): Promise<Pick<ServedProcess, 'url' | 'stop'>> {
  const url = process.env.TARGET_URL
  return url ? { url, stop: () => Promise.resolve(0) } : serveProcess(entry, environment)
}

/**
 * Starts `node entry` and resolves when `GET /v1/ready` says 200.
 * @param entry path of a compiled model-server.js
 * @param environment added to this process's
 * @throws Error with everything that the process wrote when it ends or is not ready in time
 */
export async function serveProcess(entry: string, environment: Record<string, string> = {}): Promise<ServedProcess> {
  const child = spawn(process.execPath, [entry], {
    env: { ...process.env, NODE_OPTIONS: '', SERVERY_PORT: '0', SERVERY_HOST: '127.0.0.1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const closed = new Promise((resolve) => child.once('close', resolve))
  const log: Record<string, unknown>[] = []
  const errors: string[] = []
  child.stderr.on('data', (chunk) => errors.push(String(chunk)))
  const patience = setTimeout(() => {
    errors.push('It did not listen in time.')
    child.kill('SIGKILL')
  }, START_TIMEOUT_MS)
  const url = await Promise.race([
    addressIn(child, log, isQuiet(environment) ? environment.SERVERY_PORT : undefined),
    exited.then((code) => Promise.reject(new Error(`The server ended with ${code}: ${errors.join('')}`))),
  ]).finally(() => clearTimeout(patience))
  await Promise.race([
    untilReady(url, child),
    exited.then((code) => Promise.reject(new Error(`The server ended with ${code}: ${errors.join('')}`))),
  ])
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM')
    const status = await exited
    await Promise.race([closed, pause(LAST_LINES_MS, undefined, { ref: false })])
    return status
  }
  const pid = child.pid as number
  return {
    url,
    pid,
    log,
    exited,
    stop,
    logged: (words) => untilLogged(log, words),
    workers: () => childrenOf(pid),
    metric: (name) => metricOf(url, name),
  }
}

async function untilLogged(log: readonly Record<string, unknown>[], words: string): Promise<void> {
  const isThere = (): boolean => log.some(({ msg }) => String(msg).includes(words))
  for (const end = Date.now() + LOG_TIMEOUT_MS; !isThere(); await pause(20))
    if (Date.now() > end) throw new Error(`The server did not log: ${words}`)
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return children.trim().split(' ').filter(Boolean).map(Number)
}

async function metricOf(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

/** Does not log where it listens. */
function isQuiet({ SERVERY_LOG_LEVEL: level = 'info' }: Record<string, string>): boolean {
  return !['trace', 'debug', 'info'].includes(level)
}

/** Reads log lines; resolves with the address in Fastify's listening line, or at once for a port that the caller knows. */
function addressIn(child: ChildProcess, log: Record<string, unknown>[], port?: string): Promise<string> {
  return new Promise((resolve) => {
    if (port !== undefined) resolve(`http://127.0.0.1:${port}`)
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const entry = parse(line)
      log.push(entry)
      const address = String(entry.msg ?? '').match(/http:\/\/127\.0\.0\.1:\d+/)?.[0]
      if (address !== undefined) resolve(address)
    })
  })
}

function parse(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return { msg: line }
  }
}

/** Resolves when the server is ready; a connection that fails means that it is ending, which its exit will tell. */
async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end && child.exitCode === null; ) {
    const response = await fetch(`${url}/v1/ready`).catch(() => undefined)
    await response?.arrayBuffer()
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  throw new Error('The server was not ready in time.')
}
