/** What a worker process loads before its model: nothing of the server, which takes time and memory in every worker. */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from '../checkout.ts'

const SERVER = [
  ...['fastify', '@fastify/', 'prom-client', 'pino', 'autocannon', '@aws-sdk/'].map((name) => `/node_modules/${name}`),
  ...['http', 'protocols', 'inference', 'repository', 'engine', 'batching', 'index.js', 'serve.js'].map(
    (name) => `/libs/serving/dist/${name}`,
  ),
  '/libs/tracking/',
  '/libs/load-testing/',
]
/** Models that call other services. */
const REMOTE = ['entity-fishing', 'summarization']
/** Slow to load; only the models that read HTML need its parser. */
const READ_HTML = ['ner', 'sentiment']

const loadedBy = (...files: string[]): string[] =>
  execFileSync('node', ['tests/fixtures/loaded-modules.js', ...files], { cwd: ROOT, encoding: 'utf8' })
    .trim()
    .split('\n')
const of = (modules: readonly string[], parts: readonly string[]): string[] =>
  modules.filter((module) => parts.some((part) => module.includes(part)))

it('the entry of a worker loads nothing of the server, and few modules', () => {
  const modules = loadedBy('libs/serving/dist/workers/worker-main.js')
  expect(of(modules, ['worker-main.js'])).not.toEqual([])
  expect(of(modules, [...SERVER, '/node_modules/undici/'])).toEqual([])
  expect(modules.length).toBeLessThan(100) // TypeBox alone is 700, without libs/schema/bundle.js of `make build`
})

it.each(readdirSync(path.join(ROOT, 'projects')))('the model of %s loads nothing of the server', (project) => {
  const modules = loadedBy(`projects/${project}/serve/dist/served-model.js`)
  expect(of(modules, ['served-model.js'])).not.toEqual([])
  expect(of(modules, SERVER)).toEqual([])
  if (!REMOTE.includes(project)) expect(of(modules, ['/node_modules/undici/', '/libs/http-client/'])).toEqual([])
  if (!READ_HTML.includes(project)) expect(of(modules, ['/node_modules/htmlparser2/'])).toEqual([])
  // Native code is loaded with the model, not with its module, which the process that answers HTTP imports too.
  expect(of(modules, ['/node_modules/onnxruntime-node/', '/node_modules/tokenizers/'])).toEqual([])
})
