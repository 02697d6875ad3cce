/** The tasks as a project runs them: processes of their own, in a repository with a registry and one project. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, truncateSync } from 'node:fs'
import path from 'node:path'
import { snapshot, ToyRegistry, write } from './toy-registry.ts'

let toy: ToyRegistry
let serve: string
beforeEach(async () => {
  toy = await ToyRegistry.create()
  serve = path.join(toy.root, 'projects', 'toy', 'serve')
  write(path.join(toy.root, 'package.json'), '{"workspaces": ["projects/*/serve"]}')
  write(path.join(serve, 'package.json'), '{}')
  write(path.join(serve, 'config', 'default.env'), 'SERVERY_MODEL_VERSION=TOY-COMPILED-1\n')
})
afterEach(() => toy.remove())

interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function node(args: string[], environment: Record<string, string>): Outcome {
  const { PATH = '' } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    env: { PATH, ...environment },
  })
  return { status, stdout, stderr }
}

function run(
  task: 'runDownloadTask' | 'runUploadTask',
  environment: Record<string, string> = {},
  folder = serve,
): Outcome {
  const script = `import { ${task} } from '@servery/tracking'\nawait ${task}(${JSON.stringify(folder)})`
  return node(['--input-type=module', '-e', script], environment)
}

const models = (...parts: string[]) => path.join(serve, 'models', ...parts)

describe('runDownloadTask', () => {
  it('downloads the version of the configuration and says so in one line, then that it is there', () => {
    const directory = models('TOY-COMPILED-1')
    expect(run('runDownloadTask')).toEqual({
      status: 0,
      stdout: `TOY-COMPILED-1 was downloaded and verified: ${directory}\n`,
      stderr: '',
    })
    expect(snapshot(directory)).toEqual(snapshot(toy.stored()))
    expect(run('runDownloadTask')).toEqual({
      status: 0,
      stdout: `TOY-COMPILED-1 is already there, complete and unchanged: ${directory}\n`,
      stderr: '',
    })
  })

  it('finds the component from any folder of it', () => {
    const dist = path.join(serve, 'dist', 'deeper')
    expect(run('runDownloadTask', {}, dist).stdout).toBe(
      `TOY-COMPILED-1 was downloaded and verified: ${models('TOY-COMPILED-1')}\n`,
    )
  })

  it('follows ENVIRONMENT, SERVERY_MODEL_DIRECTORY and MLFLOW_TRACKING_URI', () => {
    write(path.join(serve, 'config', 'prod.env'), 'MLFLOW_TRACKING_URI=file:./none\n')
    expect(run('runDownloadTask', { ENVIRONMENT: 'prod' }).stderr).toBe(
      'The registry has no version TOY-COMPILED-1; it has no model TOY-COMPILED.\n',
    )
    const environment = {
      ENVIRONMENT: 'prod',
      MLFLOW_TRACKING_URI: 'file:./registry',
      SERVERY_MODEL_DIRECTORY: toy.target,
    }
    expect(run('runDownloadTask', environment).status).toBe(0)
    expect(snapshot(toy.target)).toEqual(snapshot(toy.stored()))
  })

  it('answers an unknown version with a sentence, status 78 and no folder', () => {
    expect(run('runDownloadTask', { SERVERY_MODEL_VERSION: 'TOY-COMPILED-9' })).toEqual({
      status: 78,
      stdout: '',
      stderr: 'The registry has no version TOY-COMPILED-9; it has TOY-COMPILED-1.\n',
    })
    expect(readdirSync(serve).sort()).toEqual(['config', 'package.json'])
  })

  it('answers a broken version with a sentence, status 70 and no folder', () => {
    truncateSync(toy.stored('model_card.json'), 3)
    expect(run('runDownloadTask')).toEqual({
      status: 70,
      stdout: '',
      stderr: 'model_card.json of TOY-COMPILED-1 is 3 bytes, not 16: it is truncated or was changed.\n',
    })
    expect(readdirSync(models())).toEqual([])
  })

  it('answers an address of an unsupported kind with a sentence and status 78', () => {
    const { status, stderr } = run('runDownloadTask', { MLFLOW_TRACKING_URI: 'ftp://127.0.0.1' })
    expect([status, stderr]).toEqual([78, expect.stringContaining('use file:<folder>')])
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  it('warns of a name that it does not know', () => {
    const { status, stderr } = run('runDownloadTask', { SERVERY_MODEL_DIRECTROY: toy.target })
    expect([status, stderr]).toEqual([0, expect.stringContaining('the nearest known one is SERVERY_MODEL_DIRECTORY')])
  })
})

describe('runUploadTask', () => {
  const filed = () => path.join(toy.root, 'registry', '.results', 'TOY-COMPILED', '1', 'test_results')

  it('files the results of the image tag and replaces them when run again', () => {
    write(models('TOY-COMPILED-1', 'v1', 'test_results', 'report.json'), 'first')
    expect(run('runUploadTask', { IMAGE_TAG: 'v1' })).toEqual({
      status: 0,
      stdout: '1 results of v1 are attached to TOY-COMPILED-1\n',
      stderr: '',
    })
    write(models('TOY-COMPILED-1', 'v1', 'test_results', 'report.json'), 'second')
    expect(run('runUploadTask', { IMAGE_TAG: 'v1' }).status).toBe(0)
    expect(readdirSync(filed())).toEqual(['v1'])
    expect(readFileSync(path.join(filed(), 'v1', 'report.json'), 'utf8')).toBe('second')
  })

  it('says where it looked and ends with status 1 when there are no results', () => {
    const results = models('TOY-COMPILED-1', 'dev', 'test_results')
    expect(run('runUploadTask')).toEqual({
      status: 1,
      stdout: '',
      stderr: `There are no results in ${results}: run the load suite first, or set IMAGE_TAG.\n`,
    })
  })

  it('refuses an image tag that leaves the folder', () => {
    write(models('test_results', 'report.json'), '{}')
    const { status, stderr } = run('runUploadTask', { IMAGE_TAG: '..' })
    expect([status, stderr]).toEqual([78, expect.stringContaining("IMAGE_TAG='..' is not an image tag")])
    expect(readdirSync(path.join(toy.root, 'registry'))).toEqual(['TOY-COMPILED'])
  })
})

it.each(['runDownloadTask', 'runUploadTask'] as const)('%s has nothing to do for a code-only project', (task) => {
  expect(run(task, { SERVERY_MODEL_VERSION: 'LSH-CODE-0.1.0' })).toEqual({
    status: 0,
    stdout: 'LSH-CODE-0.1.0 is code only: no artifact\n',
    stderr: '',
  })
})

describe('register-version', () => {
  const command = path.join(import.meta.dirname, '../../dist/register-version.js')
  const register = (...args: string[]) =>
    node([command, ...args], { MLFLOW_TRACKING_URI: `file:${path.join(toy.root, 'registry')}` })

  it('prints the name of the version', () => {
    expect(register(toy.versionFolder('second'), 'TOY-COMPILED', '2')).toEqual({
      status: 0,
      stdout: 'TOY-COMPILED-2\n',
      stderr: '',
    })
  })

  it.each([[[]], [['folder']], [['folder', 'TOY-COMPILED', 'two']]])(
    'says how it is used when called with %j',
    (args) => {
      const { status, stderr } = register(...args)
      expect([status, stderr]).toEqual([78, expect.stringContaining('register-version <directory> <MODEL-ID>')])
    },
  )
})
