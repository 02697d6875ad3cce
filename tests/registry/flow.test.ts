/** The keywords project with MLFLOW_TRACKING_URI alone: push, download, serve, file results; then without the registry. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { firstDifference } from '@servery/model-version'
import { serveProcess } from '@servery/testkit'
import { ROOT, Stack } from './stack.ts'

const VERSION = path.join(ROOT, 'registry/KEYWORDS-COMPILED/1')
const DIST = path.join(ROOT, 'projects/keywords/serve/dist')

let stack: Stack
let environment: Record<string, string>
beforeAll(async () => {
  stack = await Stack.start()
  const { PATH = '', HOME = '' } = process.env
  const directory = path.join(stack.folder, 'models/KEYWORDS-COMPILED-1')
  environment = { PATH, HOME, MLFLOW_TRACKING_URI: stack.uri, SERVERY_MODEL_DIRECTORY: directory, IMAGE_TAG: 'v1' }
})
afterAll(() => stack.remove())

const node = (...args: string[]) =>
  execFileSync(process.execPath, args, { encoding: 'utf8', env: environment, stdio: ['ignore', 'pipe', 'inherit'] })

it('brings a model from MLflow to a server, which needs the registry no more', async () => {
  const directory = environment.SERVERY_MODEL_DIRECTORY!
  const register = path.join(ROOT, 'libs/tracking/dist/register-version.js')
  expect(node(register, VERSION, 'KEYWORDS-COMPILED', '1')).toBe('KEYWORDS-COMPILED-1\n')
  expect(node(path.join(DIST, 'download-model.js'))).toBe(
    `KEYWORDS-COMPILED-1 was downloaded and verified: ${directory}\n`,
  )
  const results = path.join(directory, 'v1/test_results')
  mkdirSync(results, { recursive: true })
  writeFileSync(path.join(results, 'load_test_evaluation.json'), '{"passed":true}')
  expect(node(path.join(DIST, 'upload-test-results.js'))).toBe('1 results of v1 are attached to KEYWORDS-COMPILED-1\n')

  const [{ request, response }] = JSON.parse(readFileSync(path.join(VERSION, 'test_files/predictions.json'), 'utf8'))
  const start = () =>
    serveProcess(path.join(DIST, 'model-server.js'), {
      ...environment,
      SERVERY_NUM_WORKERS: '1',
      SERVERY_VERIFY_MODEL: 'true',
    })
  const answers = async (url: string) => {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify(request)
    const answer = await fetch(`${url}/v1/model/keywords/predict`, { method: 'POST', headers, body })
    expect(firstDifference(await answer.json(), response)).toBeUndefined()
  }
  const before = await start()
  await answers(before.url)
  await stack.stop()
  await expect(fetch(stack.uri)).rejects.toThrow()
  await answers(before.url)
  expect(await before.stop()).toBe(0)
  const again = await start()
  await answers(again.url)
  expect(await again.stop()).toBe(0)
})
