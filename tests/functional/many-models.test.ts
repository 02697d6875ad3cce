/** docs/many-models.md: every command of the page in order, in one shell, prints what the page shows. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '@servery/load-testing'
import { ROOT } from '../checkout.ts'

const PAGE = path.join(ROOT, 'docs/many-models.md')
/** The address of the host on the page; here it listens on a free port. */
const ADDRESS = '127.0.0.1:8010'
const END = '--- end of step ---'

interface Step {
  readonly title: string
  readonly commands: string
  /** What the page shows as printed; undefined where it shows nothing. */
  readonly shown: string | undefined
}

/** Of a host that runs in the background. */
const PID_FILE = path.join(ROOT, '.servery/host.pid')

const steps = stepsOf(readFileSync(PAGE, 'utf8'))
const temporary = mkdtempSync(path.join(os.tmpdir(), 'servery-many-models-'))
let shell: Shell | undefined

beforeAll(async () => {
  if (isRunning(PID_FILE)) throw new Error('A host runs in this checkout: stop it with make host.stop RUNTIME=host')
  shell = new Shell(String(await freePort()))
})
afterAll(async () => {
  if (shell !== undefined) execFileSync('make', ['host.stop', 'RUNTIME=host'], { cwd: ROOT, stdio: 'ignore' })
  await shell?.close()
  rmSync(temporary, { recursive: true })
})

it.each(steps.map((step, i) => [i + 1, step.title, step] as const))('step %i, %s', async (_i, _title, step) => {
  const printed = await (shell as Shell).run(step.commands)
  if (step.shown !== undefined)
    expect({ printed, isShown: matches(printed, step.shown) }).toEqual({ printed, isShown: true })
})

it('the page has commands, and shows what most of them print', () => {
  expect(steps.length).toBeGreaterThan(15)
  expect(steps.filter(({ shown }) => shown !== undefined).length).toBeGreaterThan(steps.length / 2)
})

/** Blocks `sh`, each with the block `text` that follows before the next one, under the heading above it. */
function stepsOf(page: string): Step[] {
  const steps: Step[] = []
  let title = ''
  for (const [, heading, language, content] of page.matchAll(/^## (.+)$|^```(\w+)\n([\s\S]+?)^```$/gm)) {
    if (heading !== undefined) title = heading
    else if (language === 'sh') steps.push({ title, commands: content as string, shown: undefined })
    else if (language === 'text') steps.push({ ...(steps.pop() as Step), shown: content as string })
  }
  return steps
}

/** Whether a text is as shown: … stands for anything, and white space does not count. */
function matches(printed: string, shown: string): boolean {
  const pattern = shown.split('…').map((part) => part.replace(/\s+/g, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${pattern.join('.*')}$`).test(printed.replace(/\s+/g, ''))
}

/** One bash, as a reader has it open. */
class Shell {
  readonly #bash: ChildProcess
  readonly #lines: string[] = []
  readonly #port: string
  #ended: (() => void) | undefined

  constructor(port: string) {
    this.#port = port
    // As in a terminal: a make inside of another one prints its folder.
    const { MAKELEVEL, MAKEFLAGS, MFLAGS, ...terminal } = process.env
    const env = { ...terminal, NODE_OPTIONS: '', SERVERY_PORT: port, TMPDIR: temporary }
    this.#bash = spawn('bash', ['--norc'], { cwd: ROOT, env, stdio: ['pipe', 'pipe', 'inherit'] })
    createInterface({ input: this.#bash.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      if (line === END) this.#ended?.()
      else this.#lines.push(line.replaceAll(`127.0.0.1:${port}`, ADDRESS))
    })
  }

  /** @returns what the commands print, errors included */
  async run(commands: string): Promise<string> {
    this.#lines.length = 0
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve
    })
    const here = commands.replaceAll(ADDRESS, `127.0.0.1:${this.#port}`)
    this.#bash.stdin?.write(`{\n${here.trimEnd()}\n} </dev/null 2>&1\necho; echo '${END}'\n`)
    await ended
    return this.#lines.join('\n')
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#bash.once('exit', resolve))
    this.#bash.kill('SIGKILL')
    await closed
  }
}

function isRunning(pidFile: string): boolean {
  if (!existsSync(pidFile)) return false
  try {
    return process.kill(Number(readFileSync(pidFile, 'utf8')), 0)
  } catch {
    return false
  }
}
