/** Workers that are killed under a running server of its own: right answers or 503, never a wrong one. */
import { readFileSync } from 'node:fs'
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

describe('a worker that is killed', () => {
  it('leads to the right answer or 503, never to a wrong one, and readiness tells the truth', async () => {
    const expected = (await predict()).body
    const counts = { right: 0, lost: 0 }
    for (let round = 0; round < 5; round++) {
      const replies = Array.from({ length: 20 }, () => predict())
      const [victim] = workers(server.pid)
      process.kill(victim as number, 'SIGKILL')
      for (const reply of await Promise.all(replies)) {
        if (reply.status === 200) {
          expect(reply.body).toEqual(expected)
          counts.right += 1
        } else {
          expect([reply.status, ['WORKER_LOST', 'MODEL_NOT_READY'].includes(reply.body.code as string)]).toEqual([
            503,
            true,
          ])
          counts.lost += 1
        }
      }
      const ready = await fetch(`${server.url}/v1/ready`)
      await ready.arrayBuffer()
      const { status } = await predict()
      if (ready.status === 200) expect(status).toBe(200)
      for (let i = 0; i < 600 && workers(server.pid).length < 2; i++)
        await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(counts.right).toBeGreaterThan(0)
    expect((await fetch(`${server.url}/v1/ready`)).status).toBe(200)
  }, 300_000)
})

/** Process ids of the server's workers. */
function workers(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return children.trim().split(' ').filter(Boolean).map(Number)
}
