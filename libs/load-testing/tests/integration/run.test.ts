/** The load suite of a project as make runs it, against a server of the test. */
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Value } from '@servery/schema'
import type { LoadPlan } from '../../src/load-plan.ts'
import { below } from '../../src/measurement/criteria.ts'
import { type Results, SCHEMAS } from '../../src/report/results.ts'
import { type Behave, type MisbehavingServer, misbehavingServer } from '../fixtures/misbehaving-server.ts'
import { honest, toyProject, VERSION } from '../fixtures/toy-project.ts'

const entry = fileURLToPath(new URL('../../dist/run.js', import.meta.url))
const JSON_FILES = Object.keys(SCHEMAS) as (keyof Results)[]

let server: MisbehavingServer
let directory: string
afterEach(async () => {
  await server.close()
  rmSync(directory, { recursive: true })
})

function spawned(environment: Record<string, string> = {}) {
  return spawn(process.execPath, [entry, directory], {
    env: { PATH: process.env.PATH, TARGET_URL: server.url, ...environment },
  })
}

async function load(
  behave: Behave,
  {
    plan,
    config,
    environment = {},
  }: { plan?: Partial<LoadPlan>; config?: string; environment?: Record<string, string> },
) {
  server = await misbehavingServer(behave)
  directory = toyProject(plan, config)
  const child = spawned(environment)
  const [out, err] = [child.stdout, child.stderr].map((stream) => {
    const chunks: string[] = []
    stream.on('data', (chunk) => chunks.push(String(chunk)))
    return chunks
  }) as [string[], string[]]
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, out: out.join(''), err: err.join('') }
}

const results = (tag = 'dev') => path.join(directory, 'models', VERSION, tag, 'test_results')
const read = <K extends keyof Results>(file: K, tag?: string) =>
  JSON.parse(readFileSync(path.join(results(tag), file), 'utf8')) as Results[K]

it('passes an honest server and files what it saw', async () => {
  const { code, out, err } = await load(honest, {})
  expect([code, err]).toEqual([0, expect.stringContaining(`Load test of toy, ${VERSION}`)])
  expect(out).toMatch(/\npassed\n.*load_test_report.html\n$/)
  expect(readdirSync(results()).sort()).toEqual([...JSON_FILES, 'load_test_report.html'].sort())
  for (const file of JSON_FILES) expect([file, [...Value.Errors(SCHEMAS[file], read(file))]]).toEqual([file, []])
  expect(read('load_test_report.json')).toMatchObject({ num_requests: 20, num_requests_fail: 0, interrupted: false })
  expect(read('serve_image_spec.json')).toEqual({ docker_image_name: 'toy-serve', docker_image_tag: 'dev' })
  expect(read('github_action_context.json')).toMatchObject({ github_sha: 'github_sha' })
})

it.each<[string, Behave, RegExp]>([
  [
    'fast nonsense',
    (answer, i, url) => (url.endsWith('/bio') ? honest(answer, i, url) : answer.end('{}')),
    /wrong_answers is \d+, must be 0/,
  ],
  [
    'fast 500s',
    (answer, i, url) => (i === 0 ? honest(answer, i, url) : answer.writeHead(500).end()),
    /failures_percent is 1, must be 0/,
  ],
  [
    'another version from the middle of the run on',
    (answer, i, url) => (i < 10 ? honest(answer, i, url) : honest(answer, i, url.replace('bio', 'predict'))),
    /bio wrong_answers is \d+, must be 0/,
  ],
])('fails %s, and files why', async (_, behave, reason) => {
  const { code, out } = await load(behave, {})
  expect([code, out]).toEqual([1, expect.stringMatching(reason)])
  expect(read('load_test_evaluation.json').passed).toBe(false)
  expect(Object.values(read('load_test_report.json').failures)[0]?.errors[0]?.occurrences).toBeGreaterThan(0)
})

it('fails when no answer happened to be compared', async () => {
  const { code, out } = await load(honest, {
    plan: { users: [{ loop: 'open', perSecond: 20, mix: { recorded: 1e-9, corpus: 1 } }] },
  })
  expect([code, out]).toEqual([1, expect.stringContaining('predict wrong_answers is not measured, must be 0')])
})

it('reads criteria of the plan and of the configuration, for the results of an image', async () => {
  const { code, out } = await load(honest, {
    plan: { criteria: [below('bio', 'max_response_time', 60_000)] },
    config: ['N_CRITERIA=1', 'CRITERIA_1_NAME=requests_total', 'CRITERIA_1_THRESHOLD=1']
      .map((line) => `SERVERY_LOAD_${line}`)
      .join('\n'),
    environment: { IMAGE_TAG: '1.2.3', DOCKER_IMAGE_NAME: 'local/toy-serve', GITHUB_SHA: 'abc' },
  })
  expect([code, out]).toEqual([1, expect.stringMatching(/predict requests_total is \d+, must be below 1\n/)])
  expect(
    read('load_test_evaluation.json', '1.2.3')
      .evaluated_criteria.map(({ name }) => name)
      .slice(0, 2),
  ).toEqual(['max_response_time', 'requests_total'])
  expect(read('github_action_context.json', '1.2.3').github_sha).toBe('abc')
})

it('writes a summary for the page of a GitHub job', async () => {
  server = await misbehavingServer(honest)
  directory = toyProject()
  const summary = path.join(directory, 'summary.md')
  await promisify(execFile)(process.execPath, [entry, directory], {
    env: { PATH: process.env.PATH, TARGET_URL: server.url, GITHUB_STEP_SUMMARY: summary },
  })
  expect(readFileSync(summary, 'utf8')).toMatch(/^### Load test of toy, TOY-COMPILED-1: passed\n[\s\S]*\| ✅ \| POST/)
})

it('keeps its files when it is interrupted', async () => {
  server = await misbehavingServer(honest)
  directory = toyProject({ seconds: 100 })
  const child = spawned()
  const code = new Promise<number | null>((resolve) => child.on('close', resolve))
  while (server.received() < 10) await new Promise((resolve) => setTimeout(resolve, 50))
  child.kill('SIGINT')
  expect(await code).toBe(130)
  expect(read('load_test_report.json')).toMatchObject({ interrupted: true })
  expect(read('load_test_evaluation.json').passed).toBe(false)
  expect(existsSync(path.join(results(), 'load_test_report.html'))).toBe(true)
})

it('leaves nothing of an earlier run when it cannot run', async () => {
  server = await misbehavingServer((answer) => answer.end('{"model_version":"TOY-COMPILED-2"}'))
  directory = toyProject()
  mkdirSync(results(), { recursive: true })
  writeFileSync(path.join(results(), 'load_test_evaluation.json'), '{"passed":true}')
  const child = spawned()
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(78)
  expect(readdirSync(results())).toEqual([])
})

it('refuses to file results with another version than the server has', async () => {
  const other: Behave = (answer) => answer.end('{"model_version":"TOY-COMPILED-2"}')
  const { code, err } = await load(other, {})
  expect([code, err]).toEqual([78, expect.stringContaining('serves TOY-COMPILED-2, not TOY-COMPILED-1')])
  expect(existsSync(results())).toBe(false)
})

it('ends, with the reason and without its own server, when there is no bio', async () => {
  server = await misbehavingServer(honest)
  directory = toyProject()
  writeFileSync(
    path.join(directory, 'dist/model-server.js'),
    `import http from 'node:http'
    const answer = (request, response) => response.writeHead(request.url === '/v1/ready' ? 200 : 500).end()
    http.createServer(answer).listen(process.env.SERVERY_PORT, '127.0.0.1')`,
  )
  const child = spawned({ TARGET_URL: '' })
  const said: string[] = []
  child.stderr.on('data', (chunk) => said.push(String(chunk)))
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(1)
  expect(said.join('')).toMatch(/^http:\S+bio answers 500\.\n$/)
})

it('refuses a criterion that cannot be before it sends anything', async () => {
  const { code, err } = await load(honest, {
    plan: { criteria: [below('bio', 'p99' as never, 1)] },
  })
  expect([code, err, server.received()]).toEqual([78, expect.stringContaining("'p99' is not a measurement"), 0])
})

it('refuses a plan that would compare no answer', async () => {
  const { code, err } = await load(honest, {
    plan: { users: [{ loop: 'open', perSecond: 20, mix: { bio: 1, corpus: 1 } }] },
  })
  expect([code, err, server.received()]).toEqual([78, expect.stringContaining('compares no answer'), 0])
})
