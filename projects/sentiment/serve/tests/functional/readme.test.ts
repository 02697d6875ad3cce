/** The call in the README against a running server: the answer printed there is the answer. */
import path from 'node:path'
import { firstDifference } from '@servery/model-version'
import { codeBlocks, type ServedProcess, serverUnderTest } from '@servery/testkit'

const SERVE = path.join(import.meta.dirname, '../..')
let server: Pick<ServedProcess, 'url' | 'stop'>

beforeAll(async () => {
  server = await serverUnderTest(path.join(SERVE, 'dist/model-server.js'), { SERVERY_NUM_WORKERS: '1' })
})
afterAll(() => server.stop())

it('the README of sentiment: its request has the answer it prints', async () => {
  const [body, printed] = codeBlocks(path.join(SERVE, '../README.md'), 'json') as [string, string]
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${server.url}/v1/model/sentiment/predict`, { method: 'POST', body, headers })
  expect(firstDifference(await response.json(), JSON.parse(printed))).toBeUndefined()
})
