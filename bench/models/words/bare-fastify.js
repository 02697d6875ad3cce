// The same handler, schema and body in Fastify alone; prints its address as the server does.
import Fastify from 'fastify'
import { countWords } from './words.js'

const app = Fastify()
const text = { type: 'object', properties: { content: { type: 'string' } }, required: ['content'] }
const schema = {
  body: { type: 'object', properties: { inputs: text }, required: ['inputs'] },
  response: { 200: { type: 'object', properties: { outputs: { type: 'integer' } } } },
}
app.post('/v1/model/words/predict', { schema }, async ({ body }) => ({ outputs: countWords(body.inputs.content) }))
const address = await app.listen({ host: '127.0.0.1', port: 0 })
console.log(JSON.stringify({ docs: `${address}/docs` }))
process.on('SIGTERM', () => process.exit(0))
