/** The thread of in-thread.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import { summarise } from './summarise.ts'

parentPort?.postMessage(summarise(...(workerData as Parameters<typeof summarise>)))
