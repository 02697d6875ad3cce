import { CircuitBreaker } from '@servery/http-client'

let now = 0
let breaker: CircuitBreaker

beforeEach(() => {
  now = 1_000
  breaker = new CircuitBreaker({ failures: 3, openMs: 100 }, () => now)
})

function fail(times: number): void {
  for (let i = 0; i < times; i++) {
    breaker.enter()
    breaker.failed()
  }
}

it('lets calls through until so many have failed in a row', () => {
  fail(2)
  expect(breaker.enter()).toBe(0)
  breaker.succeeded()
  fail(2)
  expect(breaker.enter()).toBe(0)
  breaker.failed()
  expect(breaker.enter()).toBe(100)
})

it('lets one call through after a while, and all again once that succeeds', () => {
  fail(3)
  now += 60
  expect(breaker.enter()).toBe(40)
  now += 40
  expect([breaker.enter(), breaker.enter()]).toEqual([0, 100])
  breaker.succeeded()
  expect([breaker.enter(), breaker.enter()]).toEqual([0, 0])
})

it('is open again when the one call fails, and lets another through when its caller leaves', () => {
  fail(3)
  now += 100
  breaker.enter()
  breaker.failed()
  expect(breaker.enter()).toBe(100)
  now += 100
  breaker.enter()
  breaker.abandoned()
  expect(breaker.enter()).toBe(0)
})
