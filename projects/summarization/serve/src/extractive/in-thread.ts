/** Makes an extractive summary in a thread, so that a fallback does not block the API process. */
import { Worker } from 'node:worker_threads'
import type { Language } from '../languages.ts'

/** @throws Error if the thread ends without an answer */
export function summariseInThread(content: string, language: Language, length: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./thread.js', import.meta.url), { workerData: [content, language, length] })
    thread.once('message', resolve)
    thread.once('error', reject)
    thread.once('exit', (status) => reject(new Error(`The thread ended with ${status}.`)))
  })
}
