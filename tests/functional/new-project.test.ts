/** `make projects.new` in a copy of the checkout: what it writes builds, serves and passes its own suites unchanged. */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { copyOfCheckout } from '../checkout.ts'

const MINUTES = 60_000
let checkout: string

beforeAll(() => {
  checkout = copyOfCheckout()
})
afterAll(() => rmSync(checkout, { recursive: true }))

function make(...args: string[]): { status: number | null; output: string } {
  const env = { ...process.env, NODE_OPTIONS: '', RUNTIME: 'host', CI: '' }
  const { status, stdout, stderr } = spawnSync('make', args, { cwd: checkout, env, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

it(
  'the new project passes its four suites, formatting and room checks',
  () => {
    const written = make('projects.new/word-counter')
    expect(written.output).toContain('projects/word-counter is written and listens on port')
    const suites = make('projects.test/word-counter')
    expect(suites.output).toMatch(/^tests: 1\d passed, 0 failed$/m)
    expect(suites.status).toBe(0)
    const load = make('projects.load/word-counter')
    expect(load.output).toMatch(/^passed$/m)
    expect(load.status).toBe(0)
    expect(make('check')).toMatchObject({ status: 0 })
  },
  20 * MINUTES,
)

it.each([
  ['Keywords', 'is not a valid project name'],
  ['keywords', 'already exists'],
  ['serving', 'A library is called serving'],
])(
  'refuses the name %s',
  (name, reason) => {
    const { status, output } = make(`projects.new/${name}`)
    expect(output).toContain(reason)
    expect(status).toBe(2)
  },
  600_000,
)
