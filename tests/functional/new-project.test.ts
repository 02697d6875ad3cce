/**
 * `make projects.new` in a copy of the checkout: what it writes builds, serves and passes its own suites, unchanged and with the
 * files that docs/write-a-model.md shows.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { copyOfCheckout, ROOT } from '../checkout.ts'

const MINUTES = 60_000
/** A model is one file that is read at a glance. */
const MODEL_LINES = 60
const TEST_LINES = 25
/** Those of the contract suite for a model without artifacts. */
const LEAST_TESTS = 50

const documented = filesIn(path.join(ROOT, 'docs/write-a-model.md'))
let checkout: string

beforeAll(() => {
  checkout = copyOfCheckout()
})
afterAll(() => rmSync(checkout, { recursive: true }))

/** What a page shows: a line with the path alone, then a block with the whole file. */
function filesIn(page: string): Map<string, string> {
  const blocks = readFileSync(page, 'utf8').matchAll(/^`([^`]+)`\n\n(`{3,})\w+\n([\s\S]+?)^\2$/gm)
  return new Map([...blocks].map(([, file, , content]) => [file, content] as [string, string]))
}

function make(...args: string[]): { status: number | null; output: string } {
  const env = { ...process.env, NODE_OPTIONS: '', RUNTIME: 'host', CI: '', SERVERY_LOAD_SECONDS: '8' }
  const { status, stdout, stderr } = spawnSync('make', args, { cwd: checkout, env, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

const linesOf = (text: string) => text.trimEnd().split('\n').length

it('the template is short', () => {
  const serve = path.join(ROOT, 'templates/project/serve')
  const tests = readdirSync(path.join(serve, 'tests'), { recursive: true }).map(String)
  const lines = (file: string) => linesOf(readFileSync(path.join(serve, file), 'utf8'))
  expect(lines('src/served-model.ts')).toBeLessThanOrEqual(MODEL_LINES)
  for (const test of tests.filter((file) => file.endsWith('.ts')))
    expect(lines(`tests/${test}`)).toBeLessThanOrEqual(TEST_LINES)
})

it('the documented model is one file beside its load plan, and short', () => {
  const sources = [...documented.keys()].filter((file) => file.includes('/src/'))
  expect(sources.map((file) => path.basename(file))).toEqual(['served-model.ts', 'load-plan.ts'])
  expect(linesOf(documented.get(sources[0] as string) as string)).toBeLessThanOrEqual(MODEL_LINES)
})

describe('two projects, one as the template is and one as documented', () => {
  beforeAll(() => {
    for (const name of ['word-counter', 'readability'])
      expect(make(`projects.new/${name}`).output).toContain(`Created projects/${name}, which listens on port`)
    for (const [file, content] of documented) {
      expect([file, existsSync(path.join(checkout, file))]).toEqual([file, true])
      writeFileSync(path.join(checkout, file), content)
    }
  })

  it.each(['word-counter', 'readability'])(
    '%s passes its unit, integration and functional suites',
    (name) => {
      const { status, output } = make(`projects.test/${name}`)
      expect(output).toMatch(/^tests: \d+ passed, 0 failed$/m)
      expect(Number(output.match(/(\d+) passed, 0 failed$/m)?.[1])).toBeGreaterThanOrEqual(LEAST_TESTS)
      expect(status).toBe(0)
    },
    20 * MINUTES,
  )

  it(
    'both pass lint, types and room checks',
    () => {
      const { status, output } = make('check')
      expect([status, status === 0 || output]).toEqual([0, true])
    },
    20 * MINUTES,
  )

  it.each(['word-counter', 'readability'])(
    '%s passes its load suite',
    (name) => {
      const { status, output } = make(`projects.load/${name}`)
      expect(output).toMatch(/^passed$/m)
      expect(status).toBe(0)
    },
    20 * MINUTES,
  )
})

it.each([
  ['Keywords', 'is not a valid project name'],
  ['keywords', 'already exists'],
  ['serving', 'There is already a library named serving'],
  ['host', 'host is the name of the server of all projects'],
])(
  'refuses the name %s',
  (name, reason) => {
    const { status, output } = make(`projects.new/${name}`)
    expect(output).toContain(reason)
    expect(status).toBe(2)
  },
  10 * MINUTES,
)
