/** Workers that are killed under a running server of its own: every answer is right. */
import { setTimeout as pause } from 'node:timers/promises'
import { encodeRequest } from '@servery/serving'
import { type ServedProcess, serveProcess } from '../served-process.ts'
import type { Contract } from './contract.ts'
import { modelClient } from './model-client.ts'

const ROUNDS = 5
const REQUESTS = 20
const WORKERS = 2
const TIMEOUT_MS = 300_000

export function describeWorkerDeath({ servedModel, project, environment }: Contract): void {
  let server: ServedProcess
  const { predict, get } = modelClient(() => server.url, project.name)

  beforeAll(async () => {
    server = await serveProcess(project.entry, { SERVERY_NUM_WORKERS: String(WORKERS), ...environment })
  }, TIMEOUT_MS)
  afterAll(async () => {
    expect(await server.stop()).toBe(0)
  })

  it(
    'costs no request: another worker answers, and the dead one is replaced',
    async () => {
      const { predict: operation } = servedModel.operations
      const request = encodeRequest(operation, operation.example as never)
      const { body: expected } = await predict(request)
      for (let round = 0; round < ROUNDS; round++) {
        for (let i = 0; i < 1_200 && (await server.metric('servery_workers')) < WORKERS; i++) await pause(50)
        const replies = Array.from({ length: REQUESTS }, () => predict(request))
        process.kill(server.workers()[0] as number, 'SIGKILL')
        for (const { status, body } of await Promise.all(replies)) expect([status, body]).toEqual([200, expected])
        expect((await get('/v1/ready')).status).toBe(200)
      }
      expect(await server.metric('servery_worker_restarts_total')).toBe(ROUNDS)
    },
    TIMEOUT_MS,
  )
}
