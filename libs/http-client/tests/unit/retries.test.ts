import { jest } from '@jest/globals'
import { RetryableError, withRetries } from '@servery/http-client'

let waits: number[]
beforeEach(() => {
  waits = []
})

/** Fails `failures` times, then answers; notes the milliseconds between attempts. */
function failing(failures: number, error: Error): () => Promise<string> {
  let attempts = 0
  let failedAt = 0
  return async () => {
    if (attempts++ > 0) waits.push(performance.now() - failedAt)
    failedAt = performance.now()
    if (attempts <= failures) throw error
    return 'done'
  }
}

const broken = Object.assign(new Error('broken'), { code: 'ECONNRESET' })

it('tries again until an attempt succeeds, after waits that double', async () => {
  expect(await withRetries(failing(3, broken), { maxRetries: 3, firstWaitMs: 40 })).toBe('done')
  expect(waits).toHaveLength(3)
  for (const [retry, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(20 * 2 ** retry - 1)
})

it('throws the last error when the retries are used up', async () => {
  await expect(withRetries(failing(3, broken), { maxRetries: 2, firstWaitMs: 1 })).rejects.toBe(broken)
  expect(waits).toHaveLength(2)
})

it('throws at once what another attempt does not help', async () => {
  const fault = new TypeError('ours')
  await expect(withRetries(failing(1, fault), { maxRetries: 5 })).rejects.toBe(fault)
  const isRetried = () => false
  await expect(withRetries(failing(1, broken), { maxRetries: 5, isRetried })).rejects.toBe(broken)
  expect(waits).toEqual([])
})

it('waits as long as the other side asks', async () => {
  const busy = new RetryableError('busy', { status: 503, retryAfter: '0.2' })
  await withRetries(failing(1, busy), { maxRetries: 1, firstWaitMs: 1 })
  expect(waits[0]).toBeGreaterThanOrEqual(199)
})

it('waits no longer than its signal, and then throws the last error', async () => {
  const attempt = jest.fn(failing(9, broken))
  const caller = new AbortController()
  const outcome = withRetries(attempt, { maxRetries: 9, firstWaitMs: 60_000, signal: caller.signal })
  setTimeout(() => caller.abort(), 20)
  await expect(outcome).rejects.toBe(broken)
  expect(attempt).toHaveBeenCalledTimes(1)
})
