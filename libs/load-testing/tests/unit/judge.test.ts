/** How answers are judged. */
import { judge } from '../../src/measurement/judge.ts'
import type { Exchange } from '../../src/workload/exchange.ts'

const judged = (exchange: Exchange, status: number, body: string) => judge(exchange, { status, body })

it('takes JSON with status 200 for an answer, and what is recorded where there is a recording', () => {
  const exchange = { method: 'POST', path: '/predict' } as const
  expect(judged(exchange, 200, '{"outputs":[]}')).toBeUndefined()
  expect(judged({ ...exchange, expected: { outputs: [1] } }, 200, '{"outputs":[1.001]}')).toBeUndefined()
  expect(judged({ ...exchange, expected: { outputs: [1] } }, 200, '{"outputs":[]}')?.kind).toBe('wrong')
  for (const body of ['', '<html>', '{"outputs":[']) expect(judged(exchange, 200, body)?.kind).toBe('wrong')
  expect(judged(exchange, 302, '')).toEqual({ kind: 'failed', error: '302' })
})

it('compares later answers to a text without a recording with the first one', () => {
  const exchange = { method: 'POST', path: '/predict' } as const
  expect(judged(exchange, 200, '{"outputs":[0.5]}')).toBeUndefined()
  expect(judged(exchange, 200, '{"outputs":[0.501]}')).toBeUndefined()
  expect(judged(exchange, 200, '{"outputs":[0.6]}')?.kind).toBe('wrong')
})

it('counts as failed what got no answer, and names the code of a problem', () => {
  const exchange = { method: 'GET', path: '/bio' } as const
  expect(judge(exchange, { error: 'connection reset' })).toEqual({ kind: 'failed', error: 'connection reset' })
  expect(judged(exchange, 503, '{"code":"SHUTTING_DOWN"}')).toEqual({ kind: 'failed', error: '503 SHUTTING_DOWN' })
})
