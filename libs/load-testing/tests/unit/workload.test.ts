/** What a run may send. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { ModelDefinition } from '@servery/serving'
import { calledEndpoints, createWorkload } from '../../src/workload/workload.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'servery-recording-'))
const recording = path.join(folder, 'predictions.json')
afterAll(() => rmSync(folder, { recursive: true }))

const definition = { operations: { predict: { wire: { native: { body: 'list' } } } } } as unknown as ModelDefinition
const create = () =>
  createWorkload({
    model: 'toy',
    definition,
    bio: {},
    recording,
    seed: 1,
    corpusRequest: (text) => ({ inputs: [text] }),
  })

const workload = (entries: unknown) => {
  writeFileSync(recording, JSON.stringify(entries))
  return create()
}

it('sends the recorded requests and expects the recorded answers', () => {
  const response = { outputs: [1] }
  expect(workload([{ inputs: [1], outputs: [1] }]).recorded).toEqual([
    { method: 'POST', path: '/v1/model/toy/predict', body: '{"inputs":[1]}', expected: response },
  ])
})

it.each([
  [[]],
  [{}],
  [[{ inputs: [1] }]],
  [[{ inputs: [1], outputs: [] }]],
  [[{ operation: 'none', inputs: [1], outputs: [1] }]],
])('refuses the recording %j, with which nothing would be compared', (entries) => {
  expect(() => workload(entries)).toThrow(
    /There are no recorded answers|not a list|is not a recording|which the model does not have/,
  )
})

it('says how to get a recording that is not there', () => {
  rmSync(recording)
  expect(create).toThrow(/TASK=download-model/)
})

it('calls the endpoints whose weight is above 0 in some mix', () => {
  const all = workload([{ inputs: [1], outputs: [1] }])
  expect([...calledEndpoints(all, [{ bio: 0, recorded: 1 }, { corpus: 1 }])]).toEqual(['POST_/v1/model/toy/predict'])
  expect([...calledEndpoints(all, [{ bio: 1 }])]).toEqual(['GET_/v1/model/toy/bio'])
})
