/** The README's own call against a running server: the answer printed there is the answer. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { firstDifference } from '@servery/serving'
import { serveProcess } from '@servery/testkit'

const SERVE = path.join(import.meta.dirname, '../..')

it.each(['../../../README.md', '../README.md'])('the call in %s answers what it prints', async (page) => {
  const text = readFileSync(path.join(SERVE, page), 'utf8')
  const [, call, printed] = text.match(/```sh\n(curl[\s\S]+?)```[\s\S]*?```json\n([\s\S]+?)```/) as unknown as [
    string,
    string,
    string,
  ]
  const server = await serveProcess(path.join(SERVE, 'dist/model-server.js'), { SERVERY_NUM_WORKERS: '1' })
  try {
    const answer = execFileSync('bash', ['-c', call.replace('http://127.0.0.1:8000', server.url)], { encoding: 'utf8' })
    expect(firstDifference(JSON.parse(answer), JSON.parse(printed))).toBeUndefined()
  } finally {
    await server.stop()
  }
})
