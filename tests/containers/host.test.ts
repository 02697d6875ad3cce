/** The image of the host: one server of all projects, with its own models and with a folder of versions. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { ROOT } from '../checkout.ts'
import { docker, leftovers, make, run } from './engine.ts'

const IMAGE = 'local/servery-host:containers-test'
const SERVER = 'servery-host-dev-host-1'
/** Bytes that the image may have above its base. */
const ALLOWANCE = 150e6

afterAll(() => {
  make(['host.stop'])
  docker('image', 'rm', '--force', IMAGE)
})

/** Starts the host on a port that the engine picks. @returns its address */
function start(env: Record<string, string> = {}): string {
  const settings = { SERVERY_PORT: '0', SERVERY_DRAIN_DELAY_MS: '0', ENVIRONMENT: 'ci' }
  const { status, output } = make(['host.start', 'DETACH=true'], { ...settings, ...env })
  expect([status, status === 0 ? '' : output]).toEqual([0, ''])
  return output.match(/^host is ready: (http:\/\/127\.0\.0\.1:\d+)\/docs\. Stop it with: make host\.stop$/m)?.[1] ?? ''
}

async function predict(address: string, name: string, body: unknown) {
  const response = await fetch(`${address}/v1/model/${name}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, text: await response.text() }
}

it('downloads the version of every project, and answers for all of them', async () => {
  const address = start({ SERVERY_CONTROL_API: 'true' })
  const document = 'Tidal turbines in the bay now power the harbour town through winter storms.'
  expect(await predict(address, 'keywords', { inputs: [{ document }] })).toEqual({
    status: 200,
    text: expect.stringContaining('turbines'),
  })
  expect(await predict(address, 'ner', { inputs: { content: 'Marta Oyelaran lives in Lisbon.' } })).toEqual({
    status: 200,
    text: expect.stringContaining('Lisbon'),
  })
  expect(await predict(address, 'lsh', { inputs: { content: document } })).toEqual({
    status: 200,
    text: expect.stringContaining('signature'),
  })
  await expectControlInsideOnly(address)
  expect(make(['host.stop'])).toEqual({ status: 0, output: `Stopped the container ${SERVER}.\n` })
  expect(make(['host.stop'])).toEqual({ status: 0, output: 'The host was not running.\n' })
  expect(leftovers('host')).toEqual([])
})

/** Control routes answer programs in the container, and nobody else. */
async function expectControlInsideOnly(address: string): Promise<void> {
  const script = "fetch('http://127.0.0.1:8000/v1/repository').then(async (r) => console.log(await r.text()))"
  const { models } = JSON.parse(docker('exec', SERVER, 'node', '-e', script)) as { models: { name: string }[] }
  expect(models.map(({ name }) => name)).toEqual(expect.arrayContaining(['keywords', 'lsh', 'ner', 'sentiment']))
  expect((await fetch(`${address}/v1/repository`)).status).toBe(403)
}

it('serves the versions of MODELS_DIR when they are asked for', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'servery-models-'))
  try {
    cpSync(path.join(ROOT, 'registry/NER-COMPILED/1'), path.join(folder, 'ner/NER-COMPILED-1'), { recursive: true })
    run('chmod', ['-R', 'a+rX', folder])
    const address = start({ MODELS_DIR: folder })
    const first = await predict(address, 'ner', { inputs: { content: 'Marta Oyelaran lives in Lisbon.' } })
    expect(first).toEqual({ status: 200, text: expect.stringContaining('Lisbon') })
    expect((await predict(address, 'keywords', { inputs: [{ document: 'text' }] })).status).toBe(404)
  } finally {
    make(['host.stop'])
    rmSync(folder, { recursive: true })
  }
})

it('holds no tests, sources or development dependencies, and at most 150 MB above its base', () => {
  const find = ['-regex', '/servery/\\(libs\\|projects\\)/.*\\(/tests\\|\\.ts\\)', '-o', '-name', 'jest']
  expect(docker('run', '--rm', '--user', '0', IMAGE, 'find', '/servery', ...find)).toBe('')
  const size = (image: string) => Number(docker('image', 'inspect', '--format', '{{.Size}}', image))
  const [base] = docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', 'local/servery-cpu').split('\n')
  expect(size(IMAGE) - size(base as string)).toBeLessThan(ALLOWANCE)
  expect(docker('image', 'inspect', '--format', '{{.Config.User}} {{.Config.Volumes}}', IMAGE)).toBe(
    '1000 map[/models:{}]',
  )
})

it('a folder that does not exist is a sentence', () => {
  expect(make(['host.start'], { MODELS_DIR: '/missing' }).output).toContain('There is no folder MODELS_DIR=/missing.')
})
