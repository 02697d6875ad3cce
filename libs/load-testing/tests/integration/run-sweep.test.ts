/** A sweep as make runs it, against a server that fails what comes too fast. */
import { execFile, spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Value } from '@servery/schema'
import { type SweepResult, sweepSchema } from '../../src/report/results.ts'
import { misbehavingServer } from '../fixtures/misbehaving-server.ts'
import { honest, toyProject, VERSION } from '../fixtures/toy-project.ts'

const entry = fileURLToPath(new URL('../../dist/run-sweep.js', import.meta.url))

it('finds the rate from which on requests fail, and draws it', async () => {
  const recent: number[] = []
  const server = await misbehavingServer((answer, i, url) => {
    if (url.endsWith('/predict')) recent.push(Date.now())
    while (recent.length > 0 && (recent[0] as number) < Date.now() - 500) recent.shift()
    if (recent.length > 12) answer.writeHead(429).end()
    else honest(answer, i, url)
  })
  const directory = toyProject()
  const { stdout } = await promisify(execFile)(process.execPath, [entry, directory], {
    env: { PATH: process.env.PATH, TARGET_URL: server.url, SERVERY_LOAD_SECONDS: '1' },
  })
  await server.close()
  const results = path.join(directory, 'models', VERSION, 'dev/test_results')
  const result = JSON.parse(readFileSync(path.join(results, 'sweep.json'), 'utf8')) as SweepResult
  expect([...Value.Errors(sweepSchema, result)]).toEqual([])
  expect(result.highest_rate).toBeGreaterThanOrEqual(5)
  expect(result.highest_rate).toBeLessThan(39)
  expect(result.steps.at(-1)?.unmet.join()).toMatch(/failures_percent/)
  expect(stdout).toMatch(/toy meets its criteria up to [\d.]+ requests per second/)
  expect(readFileSync(path.join(results, 'sweep.html'), 'utf8')).toContain('id="chart-1"')
  rmSync(directory, { recursive: true })
})

it('says so when it is interrupted, and takes no half rate for a whole one', async () => {
  const server = await misbehavingServer(honest)
  const directory = toyProject()
  const child = spawn(process.execPath, [entry, directory], {
    env: { PATH: process.env.PATH, TARGET_URL: server.url, SERVERY_LOAD_SECONDS: '60' },
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += String(chunk)
  })
  const code = new Promise((resolve) => child.on('close', resolve))
  while (server.received() < 5) await new Promise((resolve) => setTimeout(resolve, 50))
  child.kill('SIGINT')
  expect(await code).toBe(130)
  expect(said).toMatch(/s per rate\.\ninterrupted: no results were written\n$/)
  await server.close()
  rmSync(directory, { recursive: true })
})
