/** What a run may send, and how answers are judged. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { judge, sourcesOf } from '../../src/exchange.ts'
import type { LoadPlan } from '../../src/plan.ts'

const plan = { corpusRequest: (text: string) => ({ inputs: [text] }) } as unknown as LoadPlan
const folder = mkdtempSync(path.join(os.tmpdir(), 'servery-recording-'))
const file = path.join(folder, 'predictions.json')
afterAll(() => rmSync(folder, { recursive: true }))

const sources = (recording: unknown) => {
  writeFileSync(file, JSON.stringify(recording))
  return sourcesOf(plan, 'toy', {}, file, 1)
}

it('sends the recorded requests and expects the recorded answers', () => {
  const response = { outputs: [1] }
  expect(sources([{ request: { inputs: [1] }, response }]).recorded).toEqual([
    { method: 'POST', path: '/v1/model/toy/predict', body: '{"inputs":[1]}', expected: response },
  ])
})

it.each([[[]], [{}], [[{ request: {} }]], [[{ request: {}, answer: {} }]]])(
  'refuses the recording %j, with which nothing would be compared',
  (recording) => {
    expect(() => sources(recording)).toThrow(/must be a list of/)
  },
)

it('says how to get a recording that is not there', () => {
  rmSync(file)
  expect(() => sourcesOf(plan, 'toy', {}, file, 1)).toThrow(/TASK=download-model/)
})

it('takes JSON with status 200 for an answer, and what is recorded where there is a recording', () => {
  const exchange = { method: 'POST', path: '/predict' } as const
  expect(judge(exchange, 200, '{"outputs":[]}')).toBeUndefined()
  expect(judge({ ...exchange, expected: { outputs: [1] } }, 200, '{"outputs":[1.001]}')).toBeUndefined()
  expect(judge({ ...exchange, expected: { outputs: [1] } }, 200, '{"outputs":[]}')?.kind).toBe('wrong')
  for (const body of ['', '<html>', '{"outputs":[']) expect(judge(exchange, 200, body)?.kind).toBe('wrong')
  expect(judge(exchange, 302, '')).toEqual({ kind: 'failed', error: '302' })
})

it('holds later answers to a text that nobody has recorded to the first one', () => {
  const exchange = { method: 'POST', path: '/predict' } as const
  expect(judge(exchange, 200, '{"outputs":[0.5]}')).toBeUndefined()
  expect(judge(exchange, 200, '{"outputs":[0.501]}')).toBeUndefined()
  expect(judge(exchange, 200, '{"outputs":[0.6]}')?.kind).toBe('wrong')
})
