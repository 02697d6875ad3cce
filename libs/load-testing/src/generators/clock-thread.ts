/** The thread of a clock: reports that it is ready, then sleeps until each time it receives, and reports back. */
import { type MessagePort, parentPort } from 'node:worker_threads'
import { monotonicMs } from './clock.ts'

const port = parentPort as MessagePort
const never = new Int32Array(new SharedArrayBuffer(4))

port.on('message', (time: number) => {
  Atomics.wait(never, 0, 0, Math.max(0, time - monotonicMs()))
  port.postMessage('time')
})
port.postMessage('ready')
