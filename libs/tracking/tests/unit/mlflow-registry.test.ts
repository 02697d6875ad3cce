/** The MLflow registry against what the pinned server answered when it was recorded (make registry.record). */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { loadConfig, registryVariables } from '@servery/core'
import { openRegistry } from '../../src/open-registry.ts'
import type { ModelRegistry } from '../../src/registry/model-registry.ts'
import { type Fault, type Recording, replaying, type Served } from '../recordings/exchanges.ts'
import { madeVersion, OUTCOME, scenario } from '../recordings/scenario.ts'

const FILE = path.join(import.meta.dirname, '../recordings/mlflow.json')
const { exchanges }: Recording = JSON.parse(readFileSync(FILE, 'utf8'))
const SEARCH = '/api/2.0/mlflow/model-versions/search'

let folder: string
let server: Served
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'servery-mlflow-'))
})
afterEach(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

/** A registry at a server that answers from the record. */
async function replayed(fault?: Fault, more: Record<string, string> = {}): Promise<ModelRegistry> {
  server = await replaying(exchanges, fault)
  const environment = { MLFLOW_TRACKING_URI: server.uri, MLFLOW_HTTP_REQUEST_MAX_RETRIES: '2', ...more }
  return openRegistry(loadConfig(registryVariables, { environment }), folder)
}

/** Does `fault` to the first request of each method and path. */
function once(fault: Fault): Fault {
  const seen = new Set<string>()
  return (request, response) => {
    const key = `${request.method} ${request.url}`
    if (seen.has(key)) return false
    seen.add(key)
    return fault(request, response)
  }
}

describe('a registry in MLflow', () => {
  it('pushes, resolves, downloads and files as it was recorded', async () => {
    expect(await scenario(await replayed(), folder)).toEqual(OUTCOME)
  })

  it('tries again after a broken connection, but for the creation of a version', async () => {
    const broken = once((request) => Boolean(request.socket.destroy()))
    const fault: Fault = (request, response) =>
      !request.url!.endsWith('/model-versions/create') && broken(request, response)
    expect(await scenario(await replayed(fault), folder)).toEqual(OUTCOME)
  })

  it.each([
    [400, 1],
    [401, 1],
    [403, 1],
    [404, 1],
    [501, 1],
    [429, 3],
    [500, 3],
  ])('sends a request that is answered %i this often: %i', async (status, times) => {
    let asked = 0
    const registry = await replayed((_request, response) => {
      asked += 1
      return Boolean(response.writeHead(status).end('{"error_code":"X","message":"because"}'))
    })
    await expect(registry.versions('TOY-COMPILED')).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' })
    expect(asked).toBe(times)
  })

  it('waits as long as Retry-After asks', async () => {
    const fault = once((_request, response) => Boolean(response.writeHead(503, { 'retry-after': '1' }).end()))
    const begin = performance.now()
    await (await replayed(fault)).versions('TOY-COMPILED')
    expect(performance.now() - begin).toBeGreaterThanOrEqual(1_000)
  })

  it('stops after its retries when a server stays silent', async () => {
    const settings = { MLFLOW_HTTP_REQUEST_TIMEOUT: '1', MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1' }
    const registry = await replayed(() => true, settings)
    await expect(registry.versions('TOY-COMPILED')).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      message: expect.stringMatching(/failed 2 times: .*UND_ERR_HEADERS_TIMEOUT/),
    })
  })

  it('reads all pages of versions, and sorts by number', async () => {
    const page = (numbers: number[], token: string) =>
      JSON.stringify({ model_versions: numbers.map((version) => ({ version: `${version}` })), next_page_token: token })
    const pages: Record<string, string> = { '': page([10, 2], 'next'), next: page([1], '') }
    const registry = await replayed((request, response) => {
      const { pathname, searchParams } = new URL(request.url!, server.uri)
      expect([pathname, searchParams.get('filter')]).toEqual([SEARCH, "name='TOY-COMPILED'"])
      return Boolean(response.end(pages[searchParams.get('page_token') ?? '']))
    })
    expect(await registry.versions('TOY-COMPILED')).toEqual([1, 2, 10])
  })

  it('finds the version when the answer to its creation was lost, and creates no second', async () => {
    let created = 0
    const registry = await replayed((request) => {
      if (!request.url!.endsWith('/model-versions/create')) return false
      created += 1
      return Boolean(request.socket.destroy())
    })
    expect(await scenario(registry, folder)).toEqual(OUTCOME)
    expect(created).toBe(1)
  })

  it('writes nothing when the next number is not the expected one', async () => {
    const methods: string[] = []
    const registry = await replayed((request) => {
      methods.push(request.method!)
      return false
    })
    await expect(registry.register(madeVersion(folder), 'TOY-COMPILED', { expectedNumber: 7 })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    })
    expect(new Set(methods)).toEqual(new Set(['GET']))
  })
})
