// Requests of the benchmarks of many models, over kept connections.
import http from 'node:http'

/** @param {number} connections at most so many at once */
export function connect(url, connections) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })

  /** @returns {Promise<{ status: number, body: object, ms: number }>} */
  function post(route, body) {
    const startedAt = performance.now()
    const text = body === undefined ? '' : JSON.stringify(body)
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    return new Promise((resolve, reject) => {
      const request = http.request(`${url}${route}`, { method: 'POST', agent, headers }, (response) => {
        const chunks = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('end', () => {
          const ms = performance.now() - startedAt
          resolve({ status: response.statusCode, body: JSON.parse(Buffer.concat(chunks)), ms })
        })
      })
      request.on('error', reject)
      request.end(text)
    })
  }

  return {
    post,
    /** As `post`; any answer but 200 is an error. */
    async answer(route, body) {
      const reply = await post(route, body)
      if (reply.status !== 200) throw new Error(`${route} answered ${reply.status}: ${JSON.stringify(reply.body)}`)
      return reply
    },
    get: async (route) => (await fetch(`${url}${route}`)).json(),
    close: () => agent.destroy(),
  }
}

/** The route of a model, or of one of its versions. */
export function predictRoute(model, version) {
  return version === undefined ? `/v1/model/${model}/predict` : `/v1/model/${model}/versions/${version}/predict`
}

/** @returns what the metrics of a server say at this moment */
export async function readMetrics(url) {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const sampleOf = (line) => Number(line.slice(line.lastIndexOf(' ')))
  const linesOf = (name, label) => lines.filter((line) => line.startsWith(`${name}{`) && line.includes(label))
  return {
    /** Over all series with the label: `sum('servery_model_loads_total', 'result="loaded"')`. */
    sum: (name, label = '') => linesOf(name, label).reduce((total, line) => total + sampleOf(line), 0),
    /** Of a histogram with one series with the label: observations up to each bound, ascending. */
    buckets: (name, label) =>
      linesOf(`${name}_bucket`, label).map((line) => ({
        bound: Number(line.match(/le="([^"]+)"/)[1].replace('+Inf', 'Infinity')),
        count: sampleOf(line),
      })),
  }
}
