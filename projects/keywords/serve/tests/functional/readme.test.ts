/** The calls in the READMEs against a running server: the answers printed there are the answers. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { firstDifference } from '@servery/serving'
import { type ServedProcess, serveProcess } from '@servery/testkit'

const SERVE = path.join(import.meta.dirname, '../..')
let server: ServedProcess

beforeAll(async () => {
  server = await serveProcess(path.join(SERVE, 'dist/model-server.js'), { SERVERY_NUM_WORKERS: '1' })
})
afterAll(() => server.stop())

function blocks(page: string, language: string): string[] {
  const text = readFileSync(path.join(SERVE, page), 'utf8')
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]+?)\`\`\``, 'g'))].map(
    (match) => match[1] as string,
  )
}

it('the README of the repository: its curl answers what it prints', () => {
  const call = blocks('../../../README.md', 'sh').find((block) => block.startsWith('curl')) as string
  const [printed] = blocks('../../../README.md', 'json') as [string]
  const answer = execFileSync('bash', ['-c', call.replace('http://127.0.0.1:8000', server.url)], { encoding: 'utf8' })
  expect(firstDifference(JSON.parse(answer), JSON.parse(printed))).toBeUndefined()
})

it('the README of keywords: its request has the answer it prints', async () => {
  const [body, printed] = blocks('../README.md', 'json') as [string, string]
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${server.url}/v1/model/keywords/predict`, { method: 'POST', body, headers })
  expect(firstDifference(await response.json(), JSON.parse(printed))).toBeUndefined()
})
