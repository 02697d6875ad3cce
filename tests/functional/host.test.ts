/** The host over the real projects: it loads two of them, and each answers as it was recorded. */
import path from 'node:path'
import { firstDifference } from '@servery/model-version'
import { projectUnderTest, type ServedProcess, serveProcess } from '@servery/testkit'
import { ROOT } from '../checkout.ts'

const projects = ['keywords', 'ner'].map((name) => projectUnderTest(path.join(ROOT, 'projects', name, 'serve')))
let host: ServedProcess

beforeAll(async () => {
  host = await serveProcess(path.join(ROOT, 'libs/serving/dist/host-command.js'), {
    SERVERY_MODELS: projects.map(({ name, version }) => `${name}=${version}`).join(','),
    SERVERY_NUM_WORKERS: '1',
  })
}, 240_000)
afterAll(async () => expect(await host.stop()).toBe(0))

const predict = (name: string, body: unknown) =>
  fetch(`${host.url}/v1/model/${name}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

it.each(projects)('$name answers as it was recorded', async ({ name, version, recordings }) => {
  const plain = recordings.find(
    ({ operation, configuration }) => operation === 'predict' && Object.keys(configuration).length === 0,
  )
  const response = await predict(name, { inputs: plain?.inputs })
  const { outputs } = (await response.json()) as { outputs: unknown }
  expect(response.headers.get('x-model-version')).toBe(version)
  expect(firstDifference(outputs, plain?.outputs)).toBeUndefined()
})

it('a project of which no version is loaded is not there', async () => {
  expect((await predict('sentiment', { inputs: { content: 'text' } })).status).toBe(404)
})

it('both run in the same worker', () => {
  expect(host.workers()).toHaveLength(1)
})
