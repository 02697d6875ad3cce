import { atLeast, below, criteriaFrom, soft } from '../../src/measurement/criteria.ts'
import { evaluate } from '../../src/measurement/evaluation.ts'
import type { LoadRun } from '../../src/measurement/load-run.ts'
import { MEASUREMENTS, measure, measureAll } from '../../src/measurement/measurements.ts'
import { type EndpointRecord, Recorder } from '../../src/measurement/recorder.ts'
import type { Exchange } from '../../src/workload/exchange.ts'

const predict: Exchange = { method: 'POST', path: '/v1/model/toy/predict', body: '{}', expected: {} }

/** 100 requests that took 1, 2, … 100 ms; the first `failures` of them failed, the first `wrong` by a wrong answer. */
function measured({ failures = 0, wrong = 0 } = {}) {
  const recorder = new Recorder(0)
  for (let i = 0; i < 100; i++)
    recorder.record(
      predict,
      i * 10,
      i + 1,
      i < failures ? { kind: i < wrong ? 'wrong' : 'failed', error: 'x' } : undefined,
    )
  return [
    new Map([...recorder.endpoints].map(([id, endpoint]) => [id, measure(endpoint, 50)])),
    recorder.wrongAnswers(),
  ] as const
}

const evaluateToy = (criteria: Parameters<typeof evaluate>[0], of = {}) =>
  evaluate(criteria, ...measured(of), [], 'toy')

describe('measure', () => {
  it('has every measurement of the contract, in its units', () => {
    const values = measured({ failures: 3 })[0].get('POST_/v1/model/toy/predict')
    expect(Object.keys(values ?? {})).toEqual([...MEASUREMENTS])
    expect(values).toMatchObject({
      avg_response_time: 50.5,
      min_response_time: 1,
      max_response_time: 100,
      requests_total: 100,
      requests_rps: 2,
      requests_rpm: 120,
      failures_total: 3,
      failures_percent: 0.03,
    })
    for (const p of [50, 55, 65, 75, 85, 90, 95, 99] as const) expect(values?.[`response_time_p${p}`]).toBeCloseTo(p, 0)
  })

  it('holds percentiles against the slowest group of users', () => {
    const recorder = new Recorder(0)
    for (let i = 0; i < 9_850; i++) recorder.record(predict, i, 5, undefined, 0)
    for (let i = 0; i < 100; i++) recorder.record(predict, i, i < 5 ? 1_000 : 5, undefined, 1)
    for (let i = 0; i < 50; i++) recorder.record(predict, i, i < 5 ? 3_000 : 5, undefined, 2) // too few to count alone
    const [[id, endpoint]] = [...recorder.endpoints] as [[string, EndpointRecord]]
    expect(measure(endpoint, 1).response_time_p99).toBeCloseTo(5, 1)
    const judged = measureAll({ recorder, seconds: 1 } as LoadRun).get(id)
    expect(judged?.requests_total).toBe(10_000)
    expect(judged?.response_time_p90).toBeCloseTo(5, 1)
    expect(judged?.response_time_p99).toBeCloseTo(1_000, -1)
  })

  it('leaves out what was to be sent before the run counts', () => {
    const recorder = new Recorder(1_000)
    recorder.record(predict, 999, 5)
    recorder.record(predict, 1_000, 5)
    expect([recorder.total, recorder.seconds.length]).toEqual([1, 1])
  })

  it('counts of what was sent before only what failed', () => {
    const recorder = new Recorder(1_000)
    const failure = { kind: 'failed', error: 'x' } as const
    recorder.record(predict, 900, 500)
    expect(recorder.total).toBe(0)
    recorder.record(predict, 900, 500, failure)
    expect([recorder.total, recorder.failures, recorder.seconds[0]?.failures]).toEqual([1, 1, 1])
  })
})

describe('evaluate', () => {
  it('must be strictly below, or at least, the threshold', () => {
    const passed = (criterion: ReturnType<typeof below>) => evaluateToy([criterion]).passed
    expect(passed(below('predict', 'avg_response_time', 50.5))).toBe(false)
    expect(passed(below('predict', 'avg_response_time', 50.6))).toBe(true)
    expect(passed(atLeast('predict', 'requests_total', 100))).toBe(true)
    expect(passed(atLeast('predict', 'requests_total', 101))).toBe(false)
  })

  it('says what was observed, also of the two criteria that are always there', () => {
    expect(evaluateToy([soft(below('predict', 'avg_response_time', 10))]).evaluated_criteria).toMatchObject([
      {
        name: 'avg_response_time',
        endpoint_id: 'POST_/v1/model/toy/predict',
        observed: 50.5,
        hard: false,
        passed: false,
      },
      { name: 'failures_percent', observed: 0, hard: true, passed: true },
      { name: 'wrong_answers', observed: 0, hard: true, passed: true },
    ])
  })

  it('fails on one failure and on one wrong answer, not on a soft criterion', () => {
    expect(evaluateToy([]).passed).toBe(true)
    expect(evaluateToy([], { failures: 1 }).passed).toBe(false)
    expect(evaluateToy([], { failures: 1, wrong: 1 }).evaluated_criteria.map(({ passed }) => passed)).toEqual([
      false,
      false,
    ])
    expect(evaluateToy([soft(below('predict', 'avg_response_time', 1))]).passed).toBe(true)
  })

  it('fails when an endpoint of a criterion was never called, and when nothing was sent', () => {
    const { passed, evaluated_criteria } = evaluateToy([below('bio', 'avg_response_time', 10)])
    expect([passed, evaluated_criteria[0]?.observed]).toEqual([false, null])
    expect(evaluate([], new Map(), new Map(), [], 'toy').passed).toBe(false)
  })

  it('fails when an endpoint of the plan was never answered, and when no answer was compared', () => {
    const [values, wrong] = measured()
    const silent = evaluate([], values, wrong, ['GET_/v1/model/toy/bio'], 'toy')
    expect([silent.passed, silent.evaluated_criteria.filter(({ passed }) => !passed)]).toMatchObject([
      false,
      [
        { name: 'failures_percent', endpoint_id: 'GET_/v1/model/toy/bio', observed: null },
        { name: 'wrong_answers', endpoint_id: 'GET_/v1/model/toy/bio', observed: null },
      ],
    ])
    expect(evaluate([], values, new Map(), [], 'toy').passed).toBe(false)
  })

  it('refuses a criterion on a list and on a name that is none', () => {
    expect(() => evaluateToy([below('predict', 'response_times' as never, 1)])).toThrow(/choose a percentile/)
    expect(() => evaluateToy([below('predict', 'p99' as never, 1)])).toThrow(
      /'p99' is not a measurement; choose one of/,
    )
  })
})

it.each([0, -1, Number.NaN])('refuses a criterion below %d, which can never be met', (threshold) => {
  expect(() => evaluateToy([below('predict', 'failures_total', threshold)])).toThrow(/can never be met/)
})

describe('criteriaFrom', () => {
  const of = (environment: Record<string, string>) => criteriaFrom({ environment })

  it('reads SERVERY_LOAD_…', () => {
    expect(
      of({
        SERVERY_LOAD_N_CRITERIA: '2',
        SERVERY_LOAD_CRITERIA_1_NAME: 'response_time_p99',
        SERVERY_LOAD_CRITERIA_1_THRESHOLD: '250.5',
        SERVERY_LOAD_CRITERIA_2_NAME: 'requests_rps',
        SERVERY_LOAD_CRITERIA_2_THRESHOLD: '20',
        SERVERY_LOAD_CRITERIA_2_ENSURE_LOWER: 'no',
        SERVERY_LOAD_CRITERIA_2_HARD: 'off',
        SERVERY_LOAD_CRITERIA_2_ENDPOINT_TYPE: 'GET',
        SERVERY_LOAD_CRITERIA_2_ENDPOINT_URL: 'bio',
      }),
    ).toEqual([below('predict', 'response_time_p99', 250.5), { ...atLeast('bio', 'requests_rps', 20), hard: false }])
  })

  it('refuses a criterion beyond the number of criteria, which would not hold', () => {
    expect(() => of({ SERVERY_LOAD_CRITERIA_1_NAME: 'requests_rps' })).toThrow(
      /CRITERIA_1_NAME is set, but SERVERY_LOAD_N_CRITERIA is 0/,
    )
  })

  it('names what is missing', () => {
    expect(() => of({ SERVERY_LOAD_N_CRITERIA: '1' })).toThrow(/SERVERY_LOAD_CRITERIA_1_NAME/)
  })
})
