/** Says whether libs/tracking/tests/recordings/mlflow.json is what the pinned server answers; RECORD=true writes it. */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Exchange, type Recording, recording, shapesOf } from '../../libs/tracking/tests/recordings/exchanges.ts'
import { OUTCOME, scenario } from '../../libs/tracking/tests/recordings/scenario.ts'
import { ROOT, Stack } from './stack.ts'

const FILE = path.join(ROOT, 'libs/tracking/tests/recordings/mlflow.json')

let stack: Stack
beforeAll(async () => {
  stack = await Stack.start()
})
afterAll(() => stack.remove())

it('the pinned server answers in the shapes that were recorded', async () => {
  const exchanges: Exchange[] = []
  const proxy = await recording(stack.uri, exchanges)
  expect(await scenario(stack.registry({ MLFLOW_TRACKING_URI: proxy.uri }), stack.folder)).toEqual(OUTCOME)
  proxy.close()
  const mlflow = await (await fetch(`${stack.uri}/version`)).text()
  if (process.env.RECORD) {
    const made: Recording = { mlflow, recorded: new Date().toISOString().slice(0, 10), exchanges }
    writeFileSync(FILE, `${JSON.stringify(made, null, 2)}\n`)
  }
  const recorded: Recording = JSON.parse(readFileSync(FILE, 'utf8'))
  expect(mlflow).toBe(recorded.mlflow)
  expect(shapesOf(exchanges)).toEqual(shapesOf(recorded.exchanges))
})
