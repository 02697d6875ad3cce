/** The private memory of this process: what would be free if it ended. Shared libraries and mapped files do not count. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { readText } from './available-cpus.ts'

/**
 * @returns bytes; the resident set where the system does not tell private memory
 * Source: Linux Documentation/filesystems/proc.rst (smaps_rollup)
 */
export function privateMemory(read: (file: string) => string | undefined = readText): number {
  const rollup = read('/proc/self/smaps_rollup')
  if (rollup === undefined) return process.memoryUsage.rss()
  const kilobytes = [...rollup.matchAll(/^Private_(?:Clean|Dirty):\s*(\d+) kB/gm)].map(([, number]) => Number(number))
  return kilobytes.reduce((sum, each) => sum + each, 0) * 1024
}

let collect: (() => void) | undefined

/** Collects all garbage now. Memory outside the heap of JavaScript, such as that of ONNX Runtime, does not make V8 collect by itself. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
}
