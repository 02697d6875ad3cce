/** What the production image holds and how it runs. */
import { execFileSync } from 'node:child_process'
import { ROOT } from '../checkout.ts'
import { docker, eventually, make } from './engine.ts'

const IMAGE = 'local/keywords-serve:production-test-production'
/** Bytes that the image may have above its base. */
const ALLOWANCE = 150e6
let files: string[]

beforeAll(() => {
  const built = make(['projects.build/keywords', 'TARGET=production', 'IMAGE_TAG=production-test'])
  if (built.status !== 0) throw new Error(built.output)
  const container = docker('create', IMAGE)
  files = execFileSync('bash', ['-c', `docker export ${container} | tar --list`], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  }).split('\n')
  docker('rm', container)
}, 1_200_000)

afterAll(() => docker('image', 'rm', '--force', IMAGE))

it.each([
  ['tests', /^servery\/(libs|projects)\/.*\/tests\//],
  ['the compiler and its input', /\/typescript\/|\.tsbuildinfo$|^servery\/(libs|projects)\/.*\.ts$/],
  ['development dependencies', /node_modules\/(jest|@jest|@swc|@biomejs|fast-check)\//],
  ['npm', /(^|\/)(npm|npx|corepack|yarn)(\/|$)/],
  ['source maps', /\.map$/],
  ['secrets', /run\/secrets\/.|\.npmrc$/],
  ['another configuration than production', /config\/(dev|ci)\.env$|(^|\/)\.env/],
  ['native code of other platforms', /\/(darwin|win32)\/|(darwin|win32|android|musl)[^/]*\.node$/],
])('holds no %s', (_, pattern) => {
  expect(files.filter((file) => pattern.test(file))).toEqual([])
})

it('holds what it needs, and at most 150 MB above its base', () => {
  const needed = ['dist/model-server.js', 'config/default.env', 'config/prod.env']
  expect(files).toEqual(expect.arrayContaining(needed.map((file) => `servery/projects/keywords/serve/${file}`)))
  const size = (image: string) => Number(docker('image', 'inspect', '--format', '{{.Size}}', image))
  const base = docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', 'local/servery-cpu').split(
    '\n',
  )[0] as string
  expect(size(IMAGE) - size(base)).toBeLessThan(ALLOWANCE)
})

it('runs read-only, without capabilities, network or root, and answers its health check', async () => {
  make(['projects.run/keywords', 'TASK=download-model'], { ENVIRONMENT: 'dev' })
  const models = `${ROOT}/projects/keywords/serve/models:/servery/projects/keywords/serve/models:ro`
  const locked = ['--read-only', '--user', '1000', '--cap-drop', 'ALL', '--network', 'none']
  const container = docker('run', '--detach', ...locked, '--volume', models, IMAGE)
  try {
    const health = () => docker('inspect', '--format', '{{.State.Health.Status}}', container)
    await eventually(() => health() === 'healthy', 'health')
    docker('stop', container)
    expect(docker('inspect', '--format', '{{.State.ExitCode}}', container)).toBe('0')
  } finally {
    docker('rm', '--force', container)
  }
}, 300_000)

it('deploy of what is built pushes just that', () => {
  const REGISTRY = '127.0.0.1:9' // nobody listens there
  const [judged, pushed] = [`${REGISTRY}/keywords-serve:judged-production`, `${REGISTRY}/keywords-serve:judged`]
  docker('tag', IMAGE, judged)
  const { status, output } = make(['projects.deploy/keywords', 'PREBUILT=true'], { REGISTRY, IMAGE_TAG: 'judged' })
  const ids = [IMAGE, pushed].map((image) => docker('image', 'inspect', '--format', '{{.Id}}', image))
  docker('rmi', judged, pushed)
  expect(output).toMatch(/^The push refers to repository \[127\.0\.0\.1:9\/keywords-serve\]/m)
  expect(output).not.toMatch(/build/i)
  expect(status).not.toBe(0)
  expect(ids[1]).toBe(ids[0])
})

it('without its model it stops with a sentence that says how to get it', () => {
  expect(() => docker('run', '--rm', IMAGE)).toThrow(/make projects\.run\/keywords COMPONENT=serve TASK=download-model/)
})
