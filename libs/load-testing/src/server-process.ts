/** Starts a model server in a separate process, waits until it is ready, and stops it. */
import { type ChildProcess, spawn } from 'node:child_process'
import net from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'

/** Ten times the duration of a start on a slow machine. */
const START_TIMEOUT_MS = 120_000
const READY_INTERVAL_MS = 50
/** Longest wait after its exit for its last log lines. */
const OUTPUT_TIMEOUT_MS = 5_000

export interface ServerProcess {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  readonly pid: number
  /** Resolves with the exit status once the process has ended. */
  readonly exited: Promise<number | null>
  /** Sends SIGTERM; resolves with the exit status when its last log lines have arrived. */
  stop(): Promise<number | null>
}

/**
 * Starts `node entry` on a free port and resolves when `GET /v1/ready` answers 200.
 * @param entry path of a compiled model-server.js
 * @param environment added to the environment of this process
 * @param onLine receives every line of its log; without it, the server logs only warnings and its log is not read, because a line for
 * each request would cost CPU in both processes
 * @throws Error with the stderr output of the process, if it ends or is not ready in time
 */
export async function startServerProcess(
  entry: string,
  environment: Readonly<Record<string, string>> = {},
  onLine?: (line: string) => void,
): Promise<ServerProcess> {
  // A port that the system picks is known only from the log.
  const port = onLine ? 0 : await freePort()
  const level = onLine ? {} : { SERVERY_LOG_LEVEL: 'warn' }
  const address = { SERVERY_HOST: '127.0.0.1', SERVERY_PORT: String(port) }
  const child = spawn(process.execPath, [entry], {
    env: { ...process.env, NODE_OPTIONS: '', ...address, ...level, ...environment },
    stdio: ['ignore', onLine ? 'pipe' : 'ignore', 'pipe'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const closed = new Promise((resolve) => child.once('close', resolve))
  const ended = exited.then(async (status) => {
    await Promise.race([closed, pause(OUTPUT_TIMEOUT_MS, undefined, { ref: false })])
    return status
  })
  const listening = onLine ? listeningUrl(child, onLine) : Promise.resolve(`http://127.0.0.1:${port}`)
  const url = await readyUrl(listening, child, ended)
  const stop = (): Promise<number | null> => {
    child.kill('SIGTERM')
    return ended
  }
  return { url, pid: child.pid as number, exited, stop }
}

/** A port of 127.0.0.1 on which nothing listens. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}

/** Passes the log on; resolves with the address in Fastify's line that the server is listening. */
function listeningUrl(child: ChildProcess, onLine: (line: string) => void): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout as Readable }).on('line', (line) => {
      onLine(line)
      const url = line.match(/listening at (http:\/\/127\.0\.0\.1:\d+)/)?.[1]
      if (url !== undefined) resolve(url)
    })
  })
}

/** @param ended resolves with the exit status when the process has ended and its output has been read */
async function readyUrl(
  listening: Promise<string>,
  child: ChildProcess,
  ended: Promise<number | null>,
): Promise<string> {
  const errors: string[] = []
  child.stderr?.on('data', (chunk) => errors.push(String(chunk)))
  const timeout = setTimeout(() => {
    errors.push('It was not ready in time.')
    child.kill('SIGKILL')
  }, START_TIMEOUT_MS)
  const ready = listening.then((url) => becomesReady(url, child))
  const hasStarted = await Promise.race([ready, ended.then(() => false)])
  clearTimeout(timeout)
  if (!hasStarted) throw new Error(`The server ended with ${await ended}: ${errors.join('')}`)
  return listening
}

/** @returns false if the process ends first */
async function becomesReady(url: string, child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    if (await isReady(url)) return true
    await pause(READY_INTERVAL_MS)
  }
  return false
}

/** A failed connection means that the server is not ready yet. */
async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/v1/ready`)
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
