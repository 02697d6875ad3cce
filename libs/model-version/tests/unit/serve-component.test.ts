import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { loadConfig } from '@servery/core'
import { Type } from '@servery/schema'
import {
  configSourceOf,
  isCodeOnly,
  recordingsOf,
  serveComponentAt,
  variableOf,
  versionDirectory,
} from '../../src/serve-component.ts'

let serve: string
beforeEach(() => {
  serve = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'servery-component-')))
})
afterEach(() => rmSync(serve, { recursive: true }))

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(serve, file)), { recursive: true })
  writeFileSync(path.join(serve, file), text)
}

describe('serveComponentAt', () => {
  it('has the name of its package without the scope, from any folder of it', () => {
    write('package.json', '{"name":"@servery/toy"}')
    const component = { name: 'toy', directory: serve }
    expect(serveComponentAt(serve)).toEqual(component)
    expect(serveComponentAt(path.join(serve, 'dist'))).toEqual(component) // which need not exist yet
    expect(serveComponentAt(path.join(serve, 'models/TOY-1/model_artifacts'))).toEqual(component)
    expect(serveComponentAt(path.relative(process.cwd(), serve))).toEqual(component)
  })

  it('is the nearest one', () => {
    write('package.json', '{"name":"repository"}')
    write('projects/toy/serve/package.json', '{"name":"toy"}')
    expect(serveComponentAt(path.join(serve, 'projects/toy/serve/dist')).name).toBe('toy')
    expect(serveComponentAt(path.join(serve, 'projects')).name).toBe('repository')
  })

  it('has the name of its folder where the package has none', () => {
    write('package.json', '{}')
    expect(serveComponentAt(serve).name).toBe(path.basename(serve))
  })

  it('is refused where no folder above has a package', () => {
    const { root } = path.parse(serve)
    expect(() => serveComponentAt(root)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: `${root} is not inside a serve component: none of its parent folders has a package.json.`,
      }),
    )
  })
})

describe('configSourceOf', () => {
  const schema = Type.Object({
    SERVERY_MODEL_VERSION: Type.String(),
    SERVERY_PORT: Type.Integer({ default: 8000 }),
    SERVERY_DRAIN_DELAY_MS: Type.Integer({ default: 0 }),
  })
  const load = (environment: Record<string, string> = {}) => loadConfig(schema, configSourceOf(serve, environment))

  it('takes the process environment over the file of the environment over default.env', () => {
    write('config/default.env', 'SERVERY_MODEL_VERSION=TOY-CODE-1\nSERVERY_PORT=8100\nSERVERY_DRAIN_DELAY_MS=1\n')
    write('config/prod.env', 'SERVERY_PORT=8200\nSERVERY_DRAIN_DELAY_MS=2\n')
    expect(load({ ENVIRONMENT: 'prod', SERVERY_DRAIN_DELAY_MS: '3' })).toEqual({
      SERVERY_MODEL_VERSION: 'TOY-CODE-1',
      SERVERY_PORT: 8200,
      SERVERY_DRAIN_DELAY_MS: 3,
    })
  })

  it.each([{}, { ENVIRONMENT: '' }, { ENVIRONMENT: 'dev' }])('is of dev with %j', (environment) => {
    write('config/default.env', 'SERVERY_MODEL_VERSION=TOY-CODE-1\n')
    write('config/dev.env', 'SERVERY_PORT=8100\n')
    write('config/prod.env', 'SERVERY_PORT=8200\n')
    expect(load(environment).SERVERY_PORT).toBe(8100)
  })

  it.each(['dev', 'ci', 'prod'])('needs no file for %s beside default.env', (ENVIRONMENT) => {
    write('config/default.env', 'SERVERY_MODEL_VERSION=TOY-CODE-1\n')
    expect(load({ ENVIRONMENT }).SERVERY_MODEL_VERSION).toBe('TOY-CODE-1')
    expect(configSourceOf(serve, { ENVIRONMENT }).files).toEqual([path.join(serve, 'config/default.env')])
  })

  it('reads an environment of another name, which has a file', () => {
    write('config/default.env', 'SERVERY_MODEL_VERSION=TOY-CODE-1\n')
    write('config/staging.env', 'SERVERY_PORT=8300\n')
    expect(load({ ENVIRONMENT: 'staging' })).toMatchObject({ SERVERY_MODEL_VERSION: 'TOY-CODE-1', SERVERY_PORT: 8300 })
  })

  it('reads components as they were before default.env, with a file for each environment', () => {
    write('config/dev.env', 'SERVERY_MODEL_VERSION=TOY-CODE-1\n')
    expect(load().SERVERY_MODEL_VERSION).toBe('TOY-CODE-1')
    expect(() => load({ ENVIRONMENT: 'prod' })).toThrow(path.join(serve, 'config/prod.env'))
  })

  it.each(['prd', 'Prod', 'default2'])('refuses the unknown environment %s by its file', (ENVIRONMENT) => {
    write('config/default.env', 'SERVERY_MODEL_VERSION=TOY-CODE-1\n')
    expect(() => load({ ENVIRONMENT })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: `The configuration file ${path.join(serve, `config/${ENVIRONMENT}.env`)} does not exist: set ENVIRONMENT to one of dev, ci, prod.`,
      }),
    )
  })

  it('passes on what else is known of the source', () => {
    write('config/default.env', 'SERVERY_MODEL_VERSION=TOY-CODE-1\n')
    const warn = () => {}
    expect(configSourceOf(serve, { A: '1' }, { warn })).toMatchObject({ environment: { A: '1' }, warn })
  })
})

describe('variableOf', () => {
  beforeEach(() => write('config/default.env', 'SERVERY_PORT=eight\nSERVERY_UNHEARD_OF=1\nSERVERY_HOST=\n'))

  it('reads one variable by the same rule, and checks neither it nor others', () => {
    expect(variableOf(serve, 'SERVERY_PORT', {})).toBe('eight')
    expect(variableOf(serve, 'SERVERY_PORT', { SERVERY_PORT: '8100' })).toBe('8100')
    expect(() => variableOf(serve, 'SERVERY_PORT', { ENVIRONMENT: 'prd' })).toThrow('prd.env does not exist')
  })

  it('knows nothing of what is set nowhere, or to nothing', () => {
    expect(variableOf(serve, 'SERVERY_DEVICE', {})).toBeUndefined()
    expect(variableOf(serve, 'SERVERY_HOST', {})).toBeUndefined()
    expect(variableOf(serve, 'SERVERY_PORT', { SERVERY_PORT: '' })).toBeUndefined() // as loadConfig: the default counts
  })
})

it.each([
  ['COUNT-CODE-1.0.0', true],
  ['ENTITY-FISHING-CODE-0.1.0', true],
  ['KEYWORDS-COMPILED-1', false],
  ['MORSE-CODE-COMPILED-1', false],
  ['CODE-1', false],
  ['BARCODE-1', false],
])('isCodeOnly of %s is %s', (version, expected) => {
  expect(isCodeOnly(version)).toBe(expected)
})

describe('the folder of a version', () => {
  it('is models/<version> of the component, or the one that is named', () => {
    expect(versionDirectory('/toy', 'TOY-1', { SERVERY_MODEL_DIRECTORY: '' })).toBe('/toy/models/TOY-1')
    expect(versionDirectory('/toy', 'TOY-1', { SERVERY_MODEL_DIRECTORY: '/mnt/TOY-1' })).toBe('/mnt/TOY-1')
    expect(versionDirectory('/toy', 'TOY-1', { SERVERY_MODEL_DIRECTORY: '../bar' })).toBe('/bar')
    expect(path.isAbsolute(versionDirectory('toy', 'TOY-1', { SERVERY_MODEL_DIRECTORY: '' }))).toBe(true)
  })

  it('has the recordings; those of the component count where it has none', () => {
    const directory = path.join(serve, 'models/TOY-CODE-1')
    const own = path.join(directory, 'test_files/predictions.json')
    expect(recordingsOf(serve, directory)).toBe(own)
    write('tests/predictions.json', '[]')
    expect(recordingsOf(serve, directory)).toBe(path.join(serve, 'tests/predictions.json'))
    write('models/TOY-CODE-1/test_files/predictions.json', '[]')
    expect(recordingsOf(serve, directory)).toBe(own)
  })
})
