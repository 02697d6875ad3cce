// A server that takes exactly 5 ms for every answer, and stalls for a second when it is asked to: node steady-server.js
// Prints its port. GET /stall stops it, as a long computation would.
import { createServer } from 'node:http'

const ANSWER_MS = 5
const STALL_MS = 1_000
/** Timers are up to this late; the rest is waited for by turning the event loop. */
const TIMER_ERROR_MS = 2

const server = createServer((request, response) => {
  if (request.url === '/stall') {
    response.end()
    setImmediate(() => spinUntil(performance.now() + STALL_MS))
    return
  }
  const dueAt = performance.now() + ANSWER_MS
  request.resume()
  setTimeout(() => answerAt(dueAt, response), ANSWER_MS - TIMER_ERROR_MS)
}).listen(0, '127.0.0.1', () => console.log(server.address().port))

function answerAt(dueAt, response) {
  if (performance.now() < dueAt) setImmediate(answerAt, dueAt, response)
  else response.end('{}')
}

function spinUntil(time) {
  while (performance.now() < time);
}
