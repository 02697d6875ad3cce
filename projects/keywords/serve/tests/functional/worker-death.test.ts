/** Workers that are killed under a running server of its own: every answer is right. */
import path from 'node:path'
import { type ServedProcess, serveProcess } from '@servery/testkit'

const SERVE = path.join(import.meta.dirname, '../..')
const REQUEST = {
  inputs: [{ document: 'Tidal turbines in the bay now power the harbour town through winter storms.' }],
}

let server: ServedProcess

beforeAll(async () => {
  server = await serveProcess(path.join(SERVE, 'dist/model-server.js'), { SERVERY_NUM_WORKERS: '2' })
}, 120_000)

afterAll(async () => {
  expect(await server.stop()).toBe(0)
})

async function predict(): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${server.url}/v1/model/keywords/predict`, {
    method: 'POST',
    body: JSON.stringify(REQUEST),
    headers: { 'content-type': 'application/json' },
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

it('a worker that is killed costs no request: another one answers', async () => {
  const expected = (await predict()).body
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 1_200 && (await server.metric('servery_workers')) < 2; i++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    const replies = Array.from({ length: 20 }, () => predict())
    process.kill(server.workers()[0] as number, 'SIGKILL')
    for (const reply of await Promise.all(replies)) expect(reply).toEqual({ status: 200, body: expected })
    expect((await fetch(`${server.url}/v1/ready`)).status).toBe(200)
  }
  expect(await server.metric('servery_worker_restarts_total')).toBe(5)
}, 300_000)
