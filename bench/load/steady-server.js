// A server that takes exactly 5 ms for every answer, and stalls for a second on request: node steady-server.js
// Prints its port. GET /stall stops it, as a long computation would. It answers by the socket: what an HTTP server spends on
// a request would be time that it takes and does not know of.
import { createServer } from 'node:net'

const ANSWER_MS = 5
const STALL_MS = 1_000
/** Timers are up to this late; the rest is waited for by turning the event loop. */
const TIMER_ERROR_MS = 2
/** Of every request and every answer. */
const BODY = '{}'
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', (received) => answer(socket, received.toString('latin1')))
  socket.on('error', () => socket.destroy())
}).listen(0, '127.0.0.1', () => console.log(server.address().port))

function answer(socket, received) {
  const dueAt = performance.now() + ANSWER_MS
  if (received.startsWith('GET /stall ')) {
    socket.end(ANSWER)
    setImmediate(() => spinUntil(performance.now() + STALL_MS))
  } else if (received.endsWith(BODY)) {
    setTimeout(() => answerAt(dueAt, socket), ANSWER_MS - TIMER_ERROR_MS)
  }
}

function answerAt(dueAt, socket) {
  if (performance.now() < dueAt) setImmediate(answerAt, dueAt, socket)
  else socket.write(ANSWER)
}

function spinUntil(time) {
  while (performance.now() < time);
}
