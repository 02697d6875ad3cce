/** Two servers over real HTTP: what ner answers goes to sentiment as it is. */
import path from 'node:path'
import { type ServedProcess, serveProcess } from '@servery/testkit'

const PROJECTS = path.join(import.meta.dirname, '../../projects')
const CONTENT =
  'Marta Oyelaran praised the wonderful museums of Lisbon. The hotel in Geneva was awful, dirty and boring!'

interface Found {
  readonly entity_text: string
  readonly entity_type: string
  readonly score: number
  readonly sentence_index: number
  readonly start: number
  readonly end: number
}

interface Recognised {
  readonly predicted_content: readonly Found[]
}

interface Assessed {
  readonly entities: readonly { readonly sentiment: string }[]
}

let ner: ServedProcess
let sentiment: ServedProcess

beforeAll(async () => {
  const start = (name: string) =>
    serveProcess(path.join(PROJECTS, name, 'serve/dist/model-server.js'), { SERVERY_NUM_WORKERS: '1' })
  ;[ner, sentiment] = await Promise.all([start('ner'), start('sentiment')])
}, 240_000)

afterAll(async () => {
  expect(await Promise.all([ner.stop(), sentiment.stop()])).toEqual([0, 0])
})

async function ask<Outputs>(server: ServedProcess, name: string, body: unknown): Promise<Outputs> {
  const response = await fetch(`${server.url}/v1/model/${name}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(200)
  return ((await response.json()) as { outputs: Outputs }).outputs
}

it.each([
  ['text/plain', CONTENT],
  ['text/html', `<p>${CONTENT.replace('Lisbon', '<b>Lisbon</b>')}</p>`],
])('every entity that ner finds in %s has the sentiment of its own sentence', async (content_type, content) => {
  const inputs = { content }
  const { predicted_content: found } = await ask<Recognised>(ner, 'ner', { configuration: { content_type }, inputs })
  expect(found.map(({ entity_text }) => entity_text)).toEqual(['Marta Oyelaran', 'Lisbon', 'Geneva'])

  const answer = await ask<Assessed>(sentiment, 'sentiment', {
    configuration: { entities: found, content_type },
    inputs,
  })
  expect(answer.entities).toMatchObject(
    found.map(({ entity_text: text, entity_type, score, sentence_index, start, end }, i) => ({
      text,
      entity_type,
      score,
      sentence_index,
      start,
      end,
      sentiment: i < 2 ? 'positive' : 'negative',
    })),
  )
})

it('without places as well', async () => {
  const inputs = { content: CONTENT }
  const { predicted_content: entities } = await ask<Recognised>(ner, 'ner', {
    configuration: { return_pos: false },
    inputs,
  })
  const answer = await ask<Assessed>(sentiment, 'sentiment', { configuration: { entities }, inputs })
  expect(answer.entities.map(({ sentiment: label }) => label)).toEqual(['positive', 'positive', 'negative'])
})
