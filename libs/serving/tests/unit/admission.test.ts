import { Admission } from '../../src/engine/admission.ts'

describe('Admission', () => {
  it('tells what can never be taken from what cannot be taken now', () => {
    const admission = new Admission({ maxItems: 4, maxCost: 100 })
    expect(admission.tryAdmit(5, 1)?.code).toBe('INPUT_TOO_LARGE')
    expect(admission.tryAdmit(1, 101)?.code).toBe('INPUT_TOO_LARGE')
    expect(admission.tryAdmit(3, 50)).toBeUndefined()
    expect(admission.tryAdmit(2, 10)?.code).toBe('OVERLOADED')
    expect(admission.tryAdmit(1, 60)?.code).toBe('OVERLOADED')
    expect(admission.items).toBe(3)
    admission.release(3, 50)
    expect(admission.tryAdmit(4, 100)).toBeUndefined()
  })

  it('computes Retry-After from the rate at which work leaves', () => {
    let now = 0
    const admission = new Admission({ maxItems: 100, maxCost: 1_000 }, () => now)
    admission.tryAdmit(10, 100)
    now = 2_000
    admission.release(10, 100) // 50 a second
    admission.tryAdmit(100, 1_000)
    expect(admission.tryAdmit(10, 500)?.retryAfterSeconds).toBe(10)
  })

  it('does not count idle time against the rate', () => {
    let now = 0
    const admission = new Admission({ maxItems: 100, maxCost: 1_000 }, () => now)
    for (let round = 0; round < 10; round++) {
      admission.tryAdmit(10, 100)
      now += 2_000
      admission.release(10, 100) // 50 a second
      now += 60_000
    }
    admission.tryAdmit(100, 1_000)
    expect(admission.tryAdmit(10, 500)?.retryAfterSeconds).toBe(10)
  })
})
