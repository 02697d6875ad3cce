// `node bench/ner.js`: documents per second of ner over HTTP against a bare script, which loads the same artifact and answers
// one document after another in one process. Prints the figures and writes them to ner.json.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { variableOf } from '@servery/model-version'
import servedModel from '../projects/ner/serve/dist/served-model.js'
import { machine, quantile, round, startServer } from './server.js'

const DOCUMENTS = 400
const CONNECTIONS = 16
const ROUNDS = 3
const SENTENCES = [
  'Marta Oyelaran joined Northwind Rail in Lisbon last spring.',
  'The council met on Tuesday and voted to reopen the old swimming baths by June.',
  'Shares of Barclays fell 3.2 % in London after the bank said that its head of trading, Omar Haddad, would leave.',
  'Nobody was hurt.',
  'In a statement the ministry called the report of the United Nations one-sided, and asked for another visit to the camps near Goma.',
  'RT @SamHollis: late again, thanks a lot @northwindrail!',
]
/** Documents of 1 to 30 sentences, 0.7 kB on average, never the same twice. */
const documents = Array.from({ length: DOCUMENTS }, (_, n) =>
  Array.from(
    { length: 1 + (((n * 17) % 30) ** 2 % 31) },
    (_, i) => `${SENTENCES[(n * 5 + i * 7) % SENTENCES.length]} See ${n}.${i}.`,
  ).join(' '),
)

async function bareScript() {
  const serve = path.join(import.meta.dirname, '../projects/ner/serve')
  const version = variableOf(serve, 'SERVERY_MODEL_VERSION', process.env)
  const directory = path.join(serve, 'models', version, 'model_artifacts')
  const loaded = await servedModel.load({ directory, settings: { device: 'cpu' } })
  const configuration = { return_pos: true, language: 'en', content_type: 'text/plain' }
  return async () => {
    for (const content of documents) await servedModel.predict([{ input: { content }, configuration }], loaded)
  }
}

function client(url) {
  return async () => {
    let next = 0
    const connection = async () => {
      while (next < documents.length) {
        const response = await fetch(`${url}/v1/model/ner/predict`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ inputs: { content: documents[next++] } }),
        })
        if (!response.ok) throw new Error(`ner answered ${response.status}: ${await response.text()}`)
        await response.json()
      }
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, connection))
  }
}

/** Documents a second, the median of some rounds after one that warms up. */
async function perSecond(answerAll) {
  await answerAll()
  const rates = []
  for (let i = 0; i < ROUNDS; i++) {
    const startedAt = performance.now()
    await answerAll()
    rates.push((1_000 * DOCUMENTS) / (performance.now() - startedAt))
  }
  return round(quantile(rates, 0.5))
}

const figures = { bare_script_documents_per_s: await perSecond(await bareScript()) }
for (const [name, workers] of [
  ['one_worker', '1'],
  ['two_workers', '2'],
]) {
  const server = await startServer('ner', { SERVERY_NUM_WORKERS: workers })
  figures[`${name}_documents_per_s`] = await perSecond(client(server.url))
  figures.start_to_ready_s = round(server.seconds)
  await server.stop()
}
const characters = documents.reduce((sum, { length }) => sum + length, 0) / DOCUMENTS
const setup = { documents: DOCUMENTS, mean_characters: Math.round(characters), connections: CONNECTIONS }
writeFileSync(path.join(import.meta.dirname, 'ner.json'), `${JSON.stringify({ machine, setup, figures }, null, 2)}\n`)
console.table(figures)
