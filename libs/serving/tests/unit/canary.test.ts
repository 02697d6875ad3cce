/** The verdict about a canary, and the shares of requests. */
import { Value } from '@servery/schema'
import { Canary } from '../../src/repository/canary.ts'
import { type CanarySettings, canarySettings, checkCanBeJudged, isInShare } from '../../src/repository/traffic.ts'

function canaryWith(settings: Partial<CanarySettings> = {}): Canary {
  return new Canary(Value.Default(canarySettings, { version: 'V-2', ...settings }) as CanarySettings)
}

/** Ends calls of both versions in turn. */
function ended(
  canary: Canary,
  count: number,
  outcomeOf: (i: number) => { own?: boolean; base?: boolean; ownMs?: number },
) {
  for (let i = 0; i < count && canary.verdict === 'undecided'; i += 1) {
    const { own = false, base = false, ownMs = 20 } = outcomeOf(i)
    canary.answered('default', { failed: base, ms: 20 })
    canary.answered('canary', { failed: own, ms: ownMs })
  }
}

it('passes after enough calls that are as good as those of the default version', () => {
  const canary = canaryWith({ min_requests: 100 })
  ended(canary, 99, () => ({}))
  expect(canary.verdict).toBe('undecided')
  ended(canary, 1, () => ({}))
  expect(canary.report).toMatchObject({ verdict: 'passed', canary: { requests: 100, failures: 0, latency_p95_ms: 20 } })
})

it('fails early when its calls fail, not for two of them, and not when those of the default version fail as often', () => {
  const broken = canaryWith()
  ended(broken, 200, () => ({ own: true }))
  expect(broken.report).toMatchObject({ verdict: 'failed', canary: { requests: 5, failures: 5 } })
  expect(broken.reason).toBe('5 of 5 calls failed, and 0 of 5 of the default version')
  const unlucky = canaryWith({ min_requests: 50 })
  ended(unlucky, 52, (i) => ({ own: i < 2 }))
  expect(unlucky.verdict).toBe('passed')
  const both = canaryWith({ min_requests: 50 })
  ended(both, 100, (i) => ({ own: i % 2 === 0, base: i % 2 === 0 }))
  expect(both.verdict).toBe('passed')
})

describe('among calls of which some fail', () => {
  /** Divides calls at random between two versions, of whose calls so many fail, until there is a verdict. */
  function tried(own: number, base: number, seed: number): Canary {
    const canary = canaryWith()
    const random = randomOf(seed)
    for (let i = 0; i < 20_000 && canary.verdict === 'undecided'; i += 1) {
      const role = random() < canary.settings.share ? 'canary' : 'default'
      canary.answered(role, { failed: random() < (role === 'canary' ? own : base), ms: 20 })
    }
    return canary
  }
  const failed = (own: number, base: number, count: number): number =>
    Array.from({ length: count }, (_, seed) => tried(own, base, seed).verdict).filter((each) => each === 'failed')
      .length

  it('fails a version that fails more often', () => expect(failed(0.3, 0.05, 50)).toBe(50))

  it('seldom fails a version by chance', () => expect(failed(0.1, 0.1, 200)).toBeLessThanOrEqual(10))

  it('does not pass a version that has answered nothing', () => expect(tried(1, 1, 1).verdict).toBe('undecided'))
})

/** Numbers from 0 to 1, the same for a seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

it('fails when it is slower, by more than a few milliseconds', () => {
  const slow = canaryWith({ min_requests: 50 })
  ended(slow, 50, () => ({ ownMs: 31 }))
  expect(slow.reason).toBe('the 95th percentile of its latency is 31.0 ms, and 20.0 ms of the default version')
  const close = canaryWith({ min_requests: 50, max_latency_ratio: 1 })
  ended(close, 50, () => ({ ownMs: 24.9 }))
  expect(close.verdict).toBe('passed')
})

it('fails when too many answers differ, and only reports them by default', () => {
  const compare = (canary: Canary) => {
    for (let i = 0; i < 20 && canary.verdict === 'undecided'; i += 1) canary.compared(i % 2 === 0)
    return canary
  }
  expect(compare(canaryWith({ max_different_share: 0.4 })).reason).toBe('10 of 20 compared answers differ')
  expect(compare(canaryWith()).report).toMatchObject({ verdict: 'undecided', compared: 20, different: 10 })
})

it('passes with default settings after 200 answers, if the default version has ended 20 calls', () => {
  const canary = canaryWith()
  for (let i = 0; i < 19; i += 1) canary.answered('default', { failed: false, ms: 20 })
  for (let i = 0; i < 250; i += 1) canary.answered('canary', { failed: false, ms: 5_000 })
  expect(canary.verdict).toBe('undecided')
  canary.answered('default', { failed: false, ms: 20 })
  canary.answered('canary', { failed: false, ms: 20 })
  expect(canary.reason).toContain('the 95th percentile of its latency is 5000.0 ms')
  const good = canaryWith()
  ended(good, 200, () => ({}))
  expect(good.report).toEqual({
    verdict: 'passed',
    canary: { requests: 200, failures: 0, latency_p95_ms: 20 },
    default: { requests: 200, failures: 0, latency_p95_ms: 20 },
    compared: 0,
    different: 0,
  })
})

it('passes only after 20 comparisons, if the answers are judged', () => {
  const canary = canaryWith({ max_different_share: 0.05 })
  ended(canary, 300, () => ({}))
  for (let i = 0; i < 19; i += 1) canary.compared(false)
  expect(canary.verdict).toBe('undecided')
  canary.compared(false)
  expect(canary.verdict).toBe('passed')
})

it('passes with share 1 without calls of the default version, and says that its latency is not judged', () => {
  const canary = canaryWith({ share: 1 })
  for (let i = 0; i < 200; i += 1) canary.answered('canary', { failed: false, ms: 5_000 })
  expect(canary.report).toMatchObject({ verdict: 'passed', note: expect.stringContaining('latency is not judged') })
  expect(canaryWith({ share: 0 }).report.note).toContain('not judged')
})

it('refuses settings that allow no verdict', () => {
  const check = (settings: Partial<CanarySettings>) => () => checkCanBeJudged(canaryWith(settings).settings)
  expect(check({})).not.toThrow()
  expect(check({ share: 0 })).not.toThrow()
  expect(check({ compare_share: 0 })).not.toThrow()
  expect(check({ share: 0, promote: true })).toThrow('share must be above 0')
  expect(check({ compare_share: 0, max_different_share: 0.5 })).toThrow('compare_share must be above 0')
})

it('gives a request to a share by its id alone, and independently for different purposes', () => {
  const ids = Array.from({ length: 10_000 }, (_, i) => `request ${i}`)
  const inShare = (purpose: string) => ids.filter((id) => isInShare(id, purpose, 0.1))
  expect(inShare('canary').length / ids.length).toBeCloseTo(0.1, 1)
  expect(inShare('canary')).toEqual(inShare('canary'))
  const both = inShare('canary').filter((id) => isInShare(id, 'shadow', 0.1))
  expect(both.length).toBeLessThan(200)
  expect(ids.filter((id) => isInShare(id, 'canary', 0))).toEqual([])
  expect(ids.every((id) => isInShare(id, 'canary', 1))).toBe(true)
})
