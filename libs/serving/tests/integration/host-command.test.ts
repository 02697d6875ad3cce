/** The host as it is run: which projects it finds in a folder, and what it says when it cannot start. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const COMMAND = path.join(import.meta.dirname, '../../dist/host-command.js')
const TOY = pathToFileURL(path.join(import.meta.dirname, '../fixtures/toy/served-model.js'))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'servery-host-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function compiled(name: string, code: string): string {
  const module = path.join(folder, name, 'serve/dist/served-model.js')
  mkdirSync(path.dirname(module), { recursive: true })
  writeFileSync(path.join(folder, name, 'serve/package.json'), '{"type":"module"}')
  writeFileSync(module, code)
  return module
}

function host(environment: Record<string, string> = {}) {
  const env = { ...process.env, NODE_OPTIONS: '', SERVERY_PORT: '0', SERVERY_LOG_LEVEL: 'silent', ...environment }
  const { status, stderr } = spawnSync(process.execPath, [COMMAND, folder], { encoding: 'utf8', env })
  return { status, stderr }
}

it('finds the compiled projects, and looks for their versions in their folders', () => {
  compiled('toy', `export { default } from '${TOY}'`)
  mkdirSync(path.join(folder, 'uncompiled/serve/src'), { recursive: true })
  expect(host({ SERVERY_MODELS: 'toy=TOY-COMPILED-1' })).toEqual({
    status: 70,
    stderr: expect.stringContaining(path.join(folder, 'toy/serve/models/TOY-COMPILED-1')),
  })
})

it('says that a folder holds no compiled project', () => {
  expect(host()).toEqual({
    status: 78,
    stderr: `There is no compiled project in ${folder}, which means no <name>/serve/dist/served-model.js: run make build, or name another folder.\n`,
  })
})

it('says that a folder does not exist', () => {
  const whole = folder
  folder = path.join(whole, 'missing')
  const outcome = host()
  folder = whole
  expect(outcome).toEqual({
    status: 78,
    stderr: `There is no folder ${path.join(whole, 'missing')}: name the folder that holds the projects.\n`,
  })
})

it.each([
  ['throws', `throw new Error('no licence')`, 'no licence'],
  ['imports what is not installed', `import 'not-installed'`, `Cannot find package 'not-installed'`],
  ['has no default export', 'export const other = 1', 'has no default export'],
])('names the project whose module %s', (_, code, reason) => {
  compiled('toy', `export { default } from '${TOY}'`)
  const module = compiled('broken', code)
  const { status, stderr } = host()
  expect(status).toBe(70)
  expect(stderr).toMatch(/^The project broken cannot be imported/)
  expect(stderr).toContain(module)
  expect(stderr).toContain(reason)
})
