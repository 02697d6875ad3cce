import { mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Type } from '@servery/schema'
import { loadConfig, readVariable } from '../../src/config.ts'
import { exitCodeOf, isServeryError, ServeryError } from '../../src/errors.ts'

const schema = Type.Object({
  SERVERY_PORT: Type.Integer({ default: 8000, minimum: 0, maximum: 65535 }),
  SERVERY_MODEL_VERSION: Type.String({ pattern: '^[A-Z-]+-[0-9]+$' }),
  VERBOSE: Type.Boolean({ default: false }),
  NOTE: Type.Optional(Type.String()),
})

function file(content: string): string {
  const name = path.join(mkdtempSync(path.join(os.tmpdir(), 'servery-env-')), 'dev.env')
  writeFileSync(name, content)
  return name
}

describe('loadConfig', () => {
  it('takes the environment over the file over the default, typed and frozen', () => {
    const config = loadConfig(schema, {
      environment: { SERVERY_PORT: '9000', VERBOSE: 'yes' },
      files: [file('SERVERY_PORT=8500\nSERVERY_MODEL_VERSION=TOY-1\n')],
    })
    expect(config).toEqual({ SERVERY_PORT: 9000, SERVERY_MODEL_VERSION: 'TOY-1', VERBOSE: true })
    expect(Object.isFrozen(config)).toBe(true)
  })

  it('takes a secret from the environment only, and never repeats it', () => {
    const secret = Type.Object({ KEY: Type.String({ default: '', secret: true }) })
    expect(loadConfig(secret, { environment: { KEY: 'k3y' }, files: [file('')] })).toEqual({ KEY: 'k3y' })
    const fromFile = () => loadConfig(secret, { environment: {}, files: [file('KEY=k3y\n')] })
    expect(fromFile).toThrow(/KEY in .*: a secret may only be set in the environment/)
    expect(fromFile).not.toThrow(/k3y/)
  })

  it('names every fault at once, with what is allowed', () => {
    const broken = () => loadConfig(schema, { environment: { SERVERY_PORT: '70000', VERBOSE: 'maybe' } })
    expect(broken).toThrow(/SERVERY_PORT=70000[^\n]*at most 65535/)
    expect(broken).toThrow(/VERBOSE=maybe/)
    expect(broken).toThrow(/SERVERY_MODEL_VERSION is not set/)
  })

  it('refuses an unknown name in the file and warns of one in the environment, with the nearest known one', () => {
    const withFile = () =>
      loadConfig(schema, { environment: {}, files: [file('SERVERY_MODEL_VERSION=TOY-1\nSERVERY_PROT=1\n')] })
    expect(withFile).toThrow(/SERVERY_PROT .*nearest known one is SERVERY_PORT/)
    const warnings: string[] = []
    const environment = { SERVERY_MODEL_VERSION: 'TOY-1', SERVERY_PROT: '1', SERVERY_NER_PORT: 'tcp://10.0.0.1:80' }
    loadConfig(schema, { environment, warn: (sentence) => warnings.push(sentence) })
    expect(warnings).toEqual([
      expect.stringContaining('SERVERY_PORT'),
      expect.stringContaining('injected by an orchestrator'),
    ])
  })

  it('knows the variables that another schema reads from the same file, and no third', () => {
    const others = Type.Object({ SERVERY_TOY_GREETING: Type.String({ default: 'hello' }) })
    const read = (line: string) =>
      loadConfig(schema, { environment: {}, files: [file(`SERVERY_MODEL_VERSION=TOY-1\n${line}\n`)], others })
    expect(read('SERVERY_TOY_GREETING=hi')).not.toHaveProperty('SERVERY_TOY_GREETING')
    expect(() => read('SERVERY_TOY_GREETNG=hi')).toThrow(/nearest known one is SERVERY_TOY_GREETING/)
  })

  it('says which file is missing', () => {
    expect(() => loadConfig(schema, { environment: {}, files: ['/nowhere/dev.env'] })).toThrow(
      /nowhere\/dev\.env does not exist/,
    )
  })
})

describe('readVariable', () => {
  it('takes the environment over the first file that sets it, and checks nothing', () => {
    const files = [file('SERVERY_PROT=1\n'), file('SERVERY_PORT=eight\nVERBOSE=\n'), file('SERVERY_PORT=8500\n')]
    expect(readVariable('SERVERY_PORT', { environment: { SERVERY_PORT: '9000' }, files })).toBe('9000')
    expect(readVariable('SERVERY_PORT', { environment: {}, files })).toBe('eight')
    expect(readVariable('VERBOSE', { environment: {}, files })).toBeUndefined()
    expect(readVariable('NOTE', { environment: {} })).toBeUndefined()
  })
})

describe('errors', () => {
  it('are told by their code, and each stops a start with its own status', () => {
    expect(isServeryError(new ServeryError('OVERLOADED', 'full'))).toBe(true)
    expect(isServeryError(new Error('full'))).toBe(false)
    expect(
      [new ServeryError('CONFIG_INVALID', ''), new ServeryError('MODEL_LOAD_FAILED', ''), new Error('')].map(
        exitCodeOf,
      ),
    ).toEqual([78, 70, 1])
  })
})
