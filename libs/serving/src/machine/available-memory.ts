/** The memory that this process and its workers may use: the smaller of the machine's and its cgroup's limit. */
import os from 'node:os'
import { readText } from './available-cpus.ts'

/**
 * @param total memory of the machine in bytes
 * @param read returns the content of a file, undefined if it cannot be read
 * @returns bytes
 * Source: Linux Documentation/admin-guide/cgroup-v2.rst (memory.max) and cgroup-v1/memory.rst (memory.limit_in_bytes)
 */
export function availableMemory(total = os.totalmem(), read: (file: string) => string | undefined = readText): number {
  const own = read('/proc/self/cgroup')?.match(/^0::(\/.*)$/m)?.[1] ?? '/'
  const texts = [
    read(`/sys/fs/cgroup${own === '/' ? '' : own}/memory.max`),
    read('/sys/fs/cgroup/memory.max'),
    read('/sys/fs/cgroup/memory/memory.limit_in_bytes'),
  ]
  const limits = texts.map((text) => Number.parseInt(text ?? '', 10)).filter((limit) => limit > 0)
  return Math.min(total, ...limits)
}
