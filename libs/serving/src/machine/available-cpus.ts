/** The number of CPUs that this process may use: the smaller of its affinity mask and its cgroup's quota. */
import { readFileSync } from 'node:fs'
import os from 'node:os'

type Read = (file: string) => string | undefined

/**
 * @param affinity number of CPUs in the affinity mask
 * @param read returns the content of a file, undefined if it cannot be read
 * @returns at least 1; a quota of 1.5 CPUs counts as 1, because throttled workers delay every batch
 * Source: Linux Documentation/admin-guide/cgroup-v2.rst (cpu.max) and scheduler/sched-bwc.rst (cpu.cfs_quota_us)
 */
export function availableCpus(affinity = os.availableParallelism(), read: Read = readText): number {
  const quota = quotaV2(read) ?? quotaV1(read)
  return Math.max(1, Math.floor(Math.min(affinity, quota ?? affinity)))
}

function quotaV2(read: Read): number | undefined {
  const own = read('/proc/self/cgroup')?.match(/^0::(\/.*)$/m)?.[1] ?? '/'
  const text = read(`/sys/fs/cgroup${own === '/' ? '' : own}/cpu.max`) ?? read('/sys/fs/cgroup/cpu.max')
  const [quotaUs, periodUs] = (text ?? 'max').trim().split(/\s+/)
  return quotaUs === 'max' ? undefined : Number(quotaUs) / Number(periodUs ?? 100_000)
}

function quotaV1(read: Read): number | undefined {
  const quotaUs = Number(read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us') ?? -1)
  const periodUs = Number(read('/sys/fs/cgroup/cpu/cpu.cfs_period_us') ?? 100_000)
  return quotaUs > 0 ? quotaUs / periodUs : undefined
}

export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
