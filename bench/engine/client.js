// A closed loop of connections, each with one text per request: node client.js <url> <kind> <count> <connections> [native|v2]
// Prints {"wallSeconds", "p50Ms", "p99Ms", "slowestMs"} as JSON; any answer but 200 ends it.
import http from 'node:http'
import { bodyOf } from '../peers/peers.js'
import { textsOf } from './texts.js'

const [url, kind, count, connections, protocol] = process.argv.slice(2)
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(connections) })
const bodies = textsOf(kind, Number(count)).map((content) => bodyOf(content, protocol))
const latencies = []
let next = 0

async function connection() {
  while (next < bodies.length) {
    const body = bodies[next++]
    const startedAt = performance.now()
    await post(body)
    latencies.push(performance.now() - startedAt)
  }
}

function post(body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () => {
        if (response.statusCode === 200) resolve()
        else reject(new Error(`${response.statusCode}: ${Buffer.concat(chunks)}`))
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}

const startedAt = performance.now()
await Promise.all(Array.from({ length: Number(connections) }, connection))
const wallSeconds = (performance.now() - startedAt) / 1_000
latencies.sort((a, b) => a - b)
const quantile = (q) => latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))]
console.log(JSON.stringify({ wallSeconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99), slowestMs: quantile(1) }))
agent.destroy()
