/** Which calls count for a canary, and which answers are compared. */
import type { ErrorCode, Logger } from '@servery/core'
import { Value } from '@servery/schema'
import type { InferAnswer, InferCall } from '../../src/inference/call.ts'
import type { Metrics } from '../../src/inference/metrics.ts'
import { Trials } from '../../src/inference/trials.ts'
import { Canary } from '../../src/repository/canary.ts'
import type { Chosen, ModelRepository } from '../../src/repository/repository.ts'
import { type CanarySettings, canarySettings, type Role } from '../../src/repository/traffic.ts'

const ANSWER = { results: [{ output: 1 }] } as unknown as InferAnswer
const call = { model: 'm', operation: 'predict', inputs: [] } as unknown as InferCall

function setUp(settings: Partial<CanarySettings> = {}) {
  const newCanary = (version: string) =>
    new Canary(Value.Default(canarySettings, { version, compare_share: 0, ...settings }) as CanarySettings)
  const model = { canary: newCanary('M-2') as Canary | undefined, defaultVersion: 'M-1' }
  const chosen: string[] = []
  const repository = {
    canaryOf: () => model.canary,
    shadowOf: () => undefined,
    defaultVersionOf: () => model.defaultVersion,
    setDefault: (_name: string, version: string) => {
      model.defaultVersion = version
    },
    choose: async ({ version }: { version: string }) => {
      chosen.push(version)
      throw new Error('not needed')
    },
  } as unknown as ModelRepository
  const ignore = () => {}
  const metrics = { verdict: ignore, compared: ignore } as unknown as Metrics
  const logger = { info: ignore, warn: ignore, debug: ignore } as unknown as Logger
  const trials = new Trials({ repository, metrics, logger, requestTimeoutMs: 1_000 })
  const ended = (role: Role, trial: Canary | undefined, code?: ErrorCode, times = 1) => {
    const version = { instance: { name: 'm', version: role === 'canary' ? 'M-2' : 'M-1' } } as Chosen['version']
    const answer = code === undefined ? ANSWER : undefined
    for (let i = 0; i < times; i += 1)
      trials.ended(call, { version, role, trial }, { requestId: `${i}`, ms: 1, defaultVersion: 'M-1', answer, code })
  }
  return { model, chosen, ended, newCanary, canary: model.canary as Canary }
}

const COUNTED = ['INFERENCE_FAILED', 'WORKER_LOST', 'ITEM_REJECTED', 'DEADLINE_EXCEEDED', 'MODEL_NOT_READY'] as const
const NOT_COUNTED = [
  'INVALID_INPUT',
  'INPUT_TOO_LARGE',
  'UNSUPPORTED_LANGUAGE',
  'ROUTE_NOT_FOUND',
  'MALFORMED_REQUEST',
  'OVERLOADED',
  'NO_ROOM',
  'REQUEST_TIMEOUT',
  'SHUTTING_DOWN',
] as const

it.each(COUNTED)('counts %s as a failure of the version', (code) => {
  const { canary, ended } = setUp()
  ended('canary', canary, code)
  expect(canary.report.canary).toMatchObject({ requests: 1, failures: 1 })
})

it.each(NOT_COUNTED)('does not count %s, which says nothing about the version', (code) => {
  const { canary, ended } = setUp()
  ended('canary', canary, code, 10)
  expect(canary.report).toMatchObject({ verdict: 'undecided', canary: { requests: 0, failures: 0 } })
})

it('counts calls for the trial that they were drawn for, and compares their answers', async () => {
  const { canary, chosen, ended } = setUp({ compare_share: 1 })
  ended('canary', canary)
  ended('default', canary)
  expect(canary.report).toMatchObject({ canary: { requests: 1 }, default: { requests: 1 } })
  expect(chosen).toEqual(['M-1'])
})

it('neither counts nor compares calls whose version the caller chose', () => {
  const { model, canary, chosen, ended } = setUp({ compare_share: 1, min_requests: 1, promote: true })
  ended('canary', undefined, undefined, 50)
  ended('canary', undefined, 'INFERENCE_FAILED', 50)
  ended('default', undefined, undefined, 50)
  ended('named', undefined, undefined, 50)
  expect(canary.report).toMatchObject({ verdict: 'undecided', canary: { requests: 0 }, default: { requests: 0 } })
  expect([chosen, model.defaultVersion]).toEqual([[], 'M-1'])
})

it('does not count calls of a canary that is over for the one that follows it, nor acts on it', () => {
  const { model, canary, ended, newCanary } = setUp({ min_requests: 1, promote: true, share: 1 })
  model.canary = newCanary('M-3')
  ended('canary', canary)
  model.canary = undefined
  ended('canary', canary)
  expect([canary.verdict, canary.report.canary.requests, model.defaultVersion]).toEqual(['undecided', 0, 'M-1'])
})

it('does not count calls that began under another default version', () => {
  const { model, canary, chosen, ended } = setUp({ compare_share: 1 })
  model.defaultVersion = 'M-3'
  ended('canary', canary)
  ended('default', canary)
  expect(canary.report).toMatchObject({ canary: { requests: 0 }, default: { requests: 0 }, compared: 0 })
  expect(chosen).toEqual([])
})

it('promotes a canary that has passed', () => {
  const { model, canary, ended } = setUp({ min_requests: 3, promote: true })
  ended('default', canary, undefined, 20)
  ended('canary', canary, undefined, 3)
  expect([canary.verdict, model.defaultVersion]).toEqual(['passed', 'M-2'])
})
