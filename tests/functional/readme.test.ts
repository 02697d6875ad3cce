/** The call in the README against a running server: the answer printed there is the answer. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { firstDifference } from '@servery/model-version'
import { type ServedProcess, serveProcess } from '@servery/testkit'

const ROOT = path.join(import.meta.dirname, '../..')
let server: ServedProcess

beforeAll(async () => {
  const entry = path.join(ROOT, 'projects/keywords/serve/dist/model-server.js')
  server = await serveProcess(entry, { SERVERY_NUM_WORKERS: '1' })
}, 120_000)
afterAll(() => server.stop())

it('its curl answers what it prints', () => {
  const text = readFileSync(path.join(ROOT, 'README.md'), 'utf8')
  const [call] = text.match(/(?<=```sh\n)curl [\s\S]+?(?=```)/) as RegExpMatchArray
  const [printed] = text.match(/(?<=```json\n)[\s\S]+?(?=```)/) as RegExpMatchArray
  const answer = execFileSync('bash', ['-c', call.replace('http://127.0.0.1:8000', server.url)], { encoding: 'utf8' })
  expect(firstDifference(JSON.parse(answer), JSON.parse(printed))).toBeUndefined()
})
