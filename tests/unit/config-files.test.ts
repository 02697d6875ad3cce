/** The configuration of every project, by environment, and the readers of these files: server, shell and scripts agree. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { variableOf } from '@servery/model-version'
import { valuesOf } from '../../scripts/config-files.js'
import { ROOT } from '../checkout.ts'

const components = [...readdirSync(path.join(ROOT, 'projects')).map((name) => `projects/${name}`), 'templates/project']

describe.each(components)('%s', (component) => {
  const serve = path.join(ROOT, component, 'serve')
  const files = readdirSync(path.join(serve, 'config'))
  const valuesIn = (file: string) => parseEnv(readFileSync(path.join(serve, 'config', file), 'utf8'))

  it('continuous integration judges the version that production serves', () => {
    const [ci, prod] = ['ci', 'prod'].map((ENVIRONMENT) => variableOf(serve, 'SERVERY_MODEL_VERSION', { ENVIRONMENT }))
    expect(ci).toBeDefined()
    expect(ci).toBe(prod)
  })

  it('a file of an environment says only what differs there', () => {
    const shared = valuesIn('default.env')
    for (const file of files.filter((name) => name !== 'default.env')) {
      const own = Object.entries(valuesIn(file))
      expect([file, own.length]).not.toEqual([file, 0])
      expect([file, own.filter(([name, value]) => shared[name] === value)]).toEqual([file, []])
    }
  })
})

describe('a component is read alike by the server, by shells and by scripts', () => {
  let folder: string
  const serve = () => path.join(folder, 'projects/toy/serve')
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'servery-config-'))
    mkdirSync(path.join(serve(), 'config'), { recursive: true })
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const write = (environment: string, line: string) =>
    writeFileSync(path.join(serve(), 'config', `${environment}.env`), `# A comment.\n${line}\n`)
  /** As compose.sh and start.sh ask. */
  const portInShell = (env: Record<string, string>) =>
    execFileSync('bash', ['--norc', '-euo', 'pipefail', '-c', `. ${ROOT}/docker/config.sh; port_of toy`], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', ...env },
      encoding: 'utf8',
    }).trim()

  it.each([
    ['default.env', {}, { default: 'SERVERY_PORT=8100' }, '8100'],
    [
      'the file of the environment',
      { ENVIRONMENT: 'prod' },
      { default: 'SERVERY_PORT=8100', prod: 'SERVERY_PORT=8200' },
      '8200',
    ],
    [
      'default.env for what that file leaves out',
      { ENVIRONMENT: 'prod' },
      { default: 'SERVERY_PORT=8100', prod: 'SERVERY_DRAIN_DELAY_MS=5000' },
      '8100',
    ],
    [
      'the process environment',
      { SERVERY_PORT: '8300' },
      { default: 'SERVERY_PORT=8100', dev: 'SERVERY_PORT=8200' },
      '8300',
    ],
    [
      'dev.env where ENVIRONMENT is empty',
      { ENVIRONMENT: '' },
      { default: 'SERVERY_PORT=8100', dev: 'SERVERY_PORT=8200' },
      '8200',
    ],
    ['dev.env alone, as older components have it', {}, { dev: 'SERVERY_PORT=8200' }, '8200'],
    ['a value in quotes with a comment', {}, { default: 'SERVERY_PORT="8100" # not taken by others' }, '8100'],
    ['the last of two lines', {}, { default: 'SERVERY_PORT=8100\nSERVERY_PORT=8101' }, '8101'],
  ] as [string, Record<string, string>, Record<string, string>, string][])('%s', (_, environment, files, port) => {
    for (const [name, line] of Object.entries(files)) write(name, line)
    expect(variableOf(serve(), 'SERVERY_PORT', environment)).toBe(port)
    expect(portInShell(environment)).toBe(port)
  })

  it('a port that is set nowhere is the default of the server', () => {
    write('default', 'SERVERY_MODEL_VERSION=TOY-CODE-1')
    expect(variableOf(serve(), 'SERVERY_PORT', {})).toBeUndefined()
    expect(portInShell({})).toBe('8000')
  })

  it('scripts see the values of all environments, each once', () => {
    write('default', 'SERVERY_PORT=8100')
    write('ci', 'SERVERY_PORT=8200')
    write('prod', "SERVERY_PORT='8100'")
    expect(valuesOf(serve(), 'SERVERY_PORT').sort()).toEqual(['8100', '8200'])
    expect(valuesOf(serve(), 'SERVERY_MODEL_VERSION')).toHaveLength(0)
  })
})

it.each([undefined, '', 'dev', 'ci', 'prod'])('scripts/port-of.js answers with ENVIRONMENT=%s', (ENVIRONMENT) => {
  const { SERVERY_PORT: _port, ENVIRONMENT: _environment, ...inherited } = process.env
  const env = { ...inherited, NODE_OPTIONS: '', ...(ENVIRONMENT === undefined ? {} : { ENVIRONMENT }) }
  const lsh = valuesOf(path.join(ROOT, 'projects/lsh/serve'), 'SERVERY_PORT')
  expect([execFileSync('node', ['scripts/port-of.js', 'lsh'], { cwd: ROOT, env, encoding: 'utf8' }).trim()]).toEqual(
    lsh,
  )
})

it('the host has a port of its own, the same for scripts and shells', () => {
  const { SERVERY_PORT: _port, ENVIRONMENT: _environment, ...env } = process.env
  const options = { cwd: ROOT, env: { ...env, NODE_OPTIONS: '' }, encoding: 'utf8' } as const
  const [own] = valuesOf(path.join(ROOT, 'libs/serving'), 'SERVERY_PORT')
  const others = components.flatMap((component) => valuesOf(path.join(ROOT, component, 'serve'), 'SERVERY_PORT'))
  expect(others).not.toContain(own)
  expect(execFileSync('node', ['scripts/port-of.js', 'host'], options).trim()).toBe(own)
  expect(execFileSync('bash', ['--norc', '-c', '. docker/config.sh; port_of host'], options).trim()).toBe(own)
})

it('the host starts with the configured version of every project', () => {
  const { SERVERY_MODEL_VERSION: _version, ...env } = process.env
  const options = { cwd: ROOT, env, encoding: 'utf8' } as const
  const versions = readdirSync(path.join(ROOT, 'projects')).map(
    (name) => `${name}=${variableOf(path.join(ROOT, 'projects', name, 'serve'), 'SERVERY_MODEL_VERSION', {})}`,
  )
  const said = execFileSync('bash', ['--norc', '-euc', '. docker/config.sh; ENVIRONMENT= configured_models'], options)
  expect(said.trim().split(',').sort()).toEqual(versions.sort())
})

it('make takes an empty ENVIRONMENT for dev', () => {
  const args = ['--no-print-directory', '--dry-run', 'projects.start/lsh', 'RUNTIME=host', 'ENVIRONMENT=']
  expect(execFileSync('make', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' })).not.toContain(
    'There is no environment',
  )
})
