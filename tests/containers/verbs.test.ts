/** The verbs of make on a real engine: they work, twice, keep the suite's exit status and leave nothing behind. */
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { copyOfCheckout } from '../checkout.ts'
import { docker, eventually, leftovers, make, making, run } from './engine.ts'

afterAll(() => {
  for (const project of ['keywords', 'ner']) make([`projects.stop/${project}`])
})

async function freePort(): Promise<string> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return String(port)
}

const isReady = async (port: string): Promise<boolean> =>
  (await fetch(`http://127.0.0.1:${port}/v1/ready`).catch(() => undefined))?.status === 200

it.each(['dev', 'ci'])('build, download, start, functional and stop work twice in a row: %s', async (environment) => {
  const env = { ENVIRONMENT: environment, SERVERY_PORT: await freePort() }
  for (let round = 0; round < 2; round++) {
    expect(make(['projects.build/keywords'], env)).toMatchObject({ status: 0 })
    const download = make(['projects.run/keywords', 'TASK=download-model'], env)
    expect(download.output).toMatch(/KEYWORDS-COMPILED-1 (was downloaded|is already there)/)
    expect(make(['projects.start/keywords', 'DETACH=true'], env)).toMatchObject({ status: 0 })
    expect(await isReady(env.SERVERY_PORT)).toBe(true)
    const again = make(['projects.start/keywords', 'DETACH=true'], env)
    expect(again).toMatchObject({ status: 0 }) // the older server has made way
    const suite = make(['projects.functional/keywords'], env)
    expect(suite.output).toMatch(/^tests: [1-9]\d* passed, 0 failed$/m)
    expect(suite.status).toBe(0)
    expect(await isReady(env.SERVERY_PORT)).toBe(true) // the suite has not disturbed the running server
    const stop = make(['projects.stop/keywords'], env)
    expect(stop).toEqual({ status: 0, output: 'Stopped the container servery-keywords-dev-serve-1.\n' })
    expect(await isReady(env.SERVERY_PORT)).toBe(false)
    expect(make(['projects.stop/keywords'], env).output).toBe('keywords was not running.\n')
    expect(leftovers('keywords')).toEqual([])
  }
})

it('a server that is killed during the functional suite fails it with a sentence and leaves nothing', async () => {
  const suite = making(['projects.functional/keywords'], { ENVIRONMENT: 'ci', RUN: 'killed' })
  const server = 'servery-keywords-killed-serve-1'
  await eventually(() => /killed-serve-functional/.test(docker('ps', '--format', '{{.Names}}')), 'the suite to run')
  docker('kill', server)
  expect(await suite.ended).not.toBe(0)
  expect(suite.output).toMatch(/The server container ended unexpectedly with exit status 137\. Its last log lines:/)
  expect(suite.output).toMatch(/The functional suite of keywords failed with exit status [1-9]/)
  expect(leftovers('keywords')).toEqual([])
})

it('a load run of the production image that misses a criterion fails, says which, and files its results and summary', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'servery-load-'))
  const summary = path.join(directory, 'summary.md')
  writeFileSync(summary, '')
  chmodSync(directory, 0o755)
  chmodSync(summary, 0o666)
  const { status, output } = make(['projects.load/keywords'], {
    ENVIRONMENT: 'ci',
    IMAGE_TAG: 'load-test',
    GITHUB_STEP_SUMMARY: summary,
    SERVERY_LOAD_SECONDS: '5',
    SERVERY_LOAD_N_CRITERIA: '1',
    SERVERY_LOAD_CRITERIA_1_NAME: 'response_time_p99',
    SERVERY_LOAD_CRITERIA_1_THRESHOLD: '0.001',
  })
  const measured = docker('image', 'inspect', '--format', '{{.Id}}', 'local/keywords-serve:load-test-production')
  const copy = run('docker/copy-results.sh', ['keywords', directory], { env: { IMAGE_TAG: 'load-test' } })
  const results = path.join(directory, 'KEYWORDS-COMPILED-1/load-test/test_results')
  const files = readdirSync(results)
  const image = JSON.parse(readFileSync(path.join(results, 'serve_image_spec.json'), 'utf8'))
  const filed = readFileSync(summary, 'utf8')
  rmSync(directory, { recursive: true })
  const inVolume = [
    'run',
    '--rm',
    '--user',
    '0',
    '--volume',
    'servery-keywords-models:/models',
    'local/keywords-serve:load-test',
  ]
  docker(...inVolume, 'rm', '-r', '/models/KEYWORDS-COMPILED-1/load-test')
  docker('rmi', 'local/keywords-serve:load-test', 'local/keywords-serve:load-test-production')
  expect(copy.status).toBe(0)
  expect(status).not.toBe(0)
  expect(output).toMatch(/failed: .*response_time_p99 is [\d.]+, must be below 0\.001/)
  expect(output).toMatch(/ok +POST \/v1\/model\/keywords\/predict wrong_answers is 0/)
  expect(files.sort()).toEqual([
    'github_action_context.json',
    'load_test_evaluation.json',
    'load_test_report.html',
    'load_test_report.json',
    'serve_image_spec.json',
  ])
  expect(image).toEqual({
    docker_image_name: 'local/keywords-serve',
    docker_image_tag: 'load-test',
    docker_image_id: measured,
  })
  expect(filed).toContain('response_time_p99')
  expect(leftovers('keywords')).toEqual([])
})

it('a suite that fails keeps its exit status', () => {
  const { status, output } = make(['projects.functional/keywords'], {
    ENVIRONMENT: 'ci',
    SERVERY_MAX_CHARACTERS: '100',
  })
  expect(status).not.toBe(0)
  expect(output).toMatch(/The functional suite of keywords failed with exit status 1/)
  expect(leftovers('keywords')).toEqual([])
})

it('test runs all three suites', () => {
  const { status, output } = make(['projects.test/keywords'], { ENVIRONMENT: 'ci' })
  expect(output.match(/^tests: [1-9]\d* passed, 0 failed$/gm)).toHaveLength(3)
  expect(status).toBe(0)
  expect(leftovers('keywords')).toEqual([])
})

it('a configuration that cannot start ends a detached start with its sentence', () => {
  const { status, output } = make(['projects.start/keywords', 'DETACH=true'], {
    SERVERY_MODEL_VERSION: 'KEYWORDS-COMPILED-1',
    SERVERY_NUM_WORKERS: 'many',
  })
  expect(status).not.toBe(0)
  expect(output).toContain('SERVERY_NUM_WORKERS')
  expect(leftovers('keywords')).toEqual([])
})

it('a server that another checkout started is left alone', () => {
  const checkout = copyOfCheckout()
  try {
    const env = { SERVERY_PORT: '0', ENVIRONMENT: 'ci' }
    expect(make(['projects.start/ner', 'DETACH=true'], env)).toMatchObject({ status: 0 })
    for (const verb of ['start', 'stop']) {
      const there = run('make', ['--no-print-directory', `projects.${verb}/ner`, 'DETACH=true'], { cwd: checkout, env })
      expect(there.status).not.toBe(0)
      expect(there.output).toMatch(/servery-ner-dev-serve-1 was started from .*: stop it there, or set RUN/)
    }
    expect(make(['projects.stop/ner'])).toMatchObject({ status: 0 })
  } finally {
    rmSync(checkout, { recursive: true })
  }
})

it('a port that is taken is a sentence', async () => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as net.AddressInfo
  const { status, output } = make(['projects.start/keywords', 'DETACH=true'], { SERVERY_PORT: String(port) })
  server.close()
  expect(status).not.toBe(0)
  expect(output).toContain(
    `Port ${port} is taken on 127.0.0.1: stop the process that listens there, or set SERVERY_PORT.`,
  )
  expect(leftovers('keywords')).toEqual([])
})

it('two servers run side by side, and stopping one leaves the other', async () => {
  const ports = { keywords: await freePort(), ner: await freePort() }
  for (const [project, port] of Object.entries(ports)) {
    const { status } = make([`projects.start/${project}`, 'DETACH=true'], { SERVERY_PORT: port, ENVIRONMENT: 'ci' })
    expect([project, status]).toEqual([project, 0])
  }
  const image = docker('inspect', '--format', '{{.Config.Image}}', 'servery-ner-dev-serve-1')
  const script = "fetch('http://keywords-serve:8000/v1/ready').then((r) => console.log(r.status))"
  expect(docker('run', '--rm', '--network', 'servery', image, 'node', '-e', script)).toBe('200')
  make(['projects.stop/ner'], { ENVIRONMENT: 'ci' })
  expect(await isReady(ports.ner)).toBe(false)
  expect(await isReady(ports.keywords)).toBe(true)
  make(['projects.stop/keywords'], { ENVIRONMENT: 'ci' })
  expect(docker('network', 'ls', '--filter', 'name=^servery$', '--quiet')).toBe('')
})

it('a user who is not root builds, downloads and tests, and owns every file afterwards', () => {
  if (process.getuid?.() !== 0) throw new Error('This test gives files to another user, so it needs root.')
  const checkout = copyOfCheckout()
  try {
    buildAndTestAs(1000, checkout)
  } finally {
    rmSync(checkout, { recursive: true })
    docker('image', 'rm', '--force', 'local/keywords-serve:user')
  }
})

function buildAndTestAs(owner: number, checkout: string): void {
  const engine = statSync('/var/run/docker.sock').gid
  for (const file of [checkout, ...everythingBelow(checkout)]) chownSync(file, owner, owner)
  const asUser = [
    '--reuid',
    String(owner),
    '--regid',
    String(owner),
    '--groups',
    String(engine),
    'make',
    '--no-print-directory',
  ]
  const env = { HOME: checkout, RUN: 'user', IMAGE_TAG: 'user' }
  for (const verb of ['build', 'run', 'unit']) {
    const { status, output } = run('setpriv', [...asUser, `projects.${verb}/keywords`, 'TASK=download-model'], {
      cwd: checkout,
      env,
    })
    expect([verb, status, status === 0 ? '' : output]).toEqual([verb, 0, ''])
  }
  const foreign = everythingBelow(checkout).filter((file) => statSync(file).uid !== owner)
  expect(foreign).toEqual([])
  expect(everythingBelow(checkout).some((file) => file.endsWith('models/KEYWORDS-COMPILED-1/model_card.json'))).toBe(
    true,
  )
}

function everythingBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((file) => path.join(directory, file))
}
