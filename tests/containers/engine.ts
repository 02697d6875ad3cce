/** Commands against the engine, and what they left behind. */
import { spawn, spawnSync } from 'node:child_process'
import { ROOT } from '../checkout.ts'

export interface Ended {
  readonly status: number | null
  readonly output: string
}

// What a developer's shell may hold must not decide which containers the tests see.
const { RUN: _run, SERVERY_PORT: _port, ENVIRONMENT: _environment, ...inherited } = process.env
const environment = { ...inherited, NODE_OPTIONS: '', RUNTIME: 'docker', CI: '', IMAGE_TAG: 'containers-test' }

export function make(args: readonly string[], env: Record<string, string> = {}): Ended {
  return run('make', ['--no-print-directory', ...args], { env })
}

export function docker(...args: string[]): string {
  const { status, output } = run('docker', args)
  if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${output}`)
  return output.trim()
}

export function run(
  command: string,
  args: readonly string[],
  { cwd = ROOT, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Ended {
  const options = { cwd, env: { ...environment, ...env }, encoding: 'utf8', maxBuffer: 1e9 } as const
  const { status, stdout, stderr } = spawnSync(command, args, options)
  return { status, output: stdout + stderr }
}

/** As `make`, without waiting: `output` grows, `ended` resolves with the status. */
export function making(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn('make', ['--no-print-directory', ...args], { cwd: ROOT, env: { ...environment, ...env } })
  const state = { output: '', ended: new Promise<number | null>((resolve) => child.once('exit', resolve)) }
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (state.output += chunk))
  return state
}

/** Names of running and stopped containers and of networks that belong to a project. */
export function leftovers(project: string): string[] {
  const containers = docker('ps', '--all', '--filter', `name=servery-${project}-`, '--format', '{{.Names}}')
  const networks = docker('network', 'ls', '--filter', `name=servery-${project}-`, '--format', '{{.Name}}')
  return [...containers.split('\n'), ...networks.split('\n')].filter(Boolean)
}

/** Resolves when `check` holds. @throws Error after two minutes */
export async function eventually(check: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 1_200; i++) {
    if (check()) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`Not in time: ${what}`)
}
