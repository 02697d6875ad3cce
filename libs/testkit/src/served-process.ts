/** A model server in a process of its own on a free port, with its log, metrics and workers, for tests over real HTTP. */
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { type ServerProcess, startServerProcess } from '@servery/load-testing'

const LOG_TIMEOUT_MS = 60_000

export interface ServedProcess extends ServerProcess {
  /** Process ids of its workers, those that are loading included. */
  workers(): number[]
  /** Sum of a metric over its labels, as `/metrics` has it now; 0 when it is not there. @param model leaves out other models */
  metric(name: string, model?: string): Promise<number>
  /** Log lines that have arrived, parsed; the server writes them some time after the fact. */
  readonly log: readonly Record<string, unknown>[]
  /** Resolves when a line whose message contains `words` has arrived. @throws Error when none does */
  logged(words: string): Promise<void>
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
 * Starts `node entry` and resolves when it is ready.
 * @param entry path of a compiled model-server.js
 * @param environment added to this process's
 * @throws Error with what the process wrote to stderr, when it ends or is not ready in time
 */
export async function serveProcess(entry: string, environment: Record<string, string> = {}): Promise<ServedProcess> {
  const log: Record<string, unknown>[] = []
  const server = await startServerProcess(entry, environment, (line) => log.push(parse(line)))
  return {
    ...server,
    log,
    logged: (words) => untilLogged(log, words),
    workers: () => childrenOf(server.pid),
    metric: (name, model) => metricOf(server.url, name, model),
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

async function metricOf(url: string, name: string, model?: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => model === undefined || line.includes(`model="${model}"`))
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

function parse(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return { msg: line }
  }
}
