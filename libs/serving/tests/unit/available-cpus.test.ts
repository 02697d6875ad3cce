import { availableCpus } from '../../src/machine/available-cpus.ts'

const files = (content: Record<string, string>) => (file: string) => content[file]

describe('availableCpus', () => {
  it.each<[string, number, Record<string, string>, number]>([
    ['no cgroup', 8, {}, 8],
    ['cgroup 2 without a quota', 8, { '/sys/fs/cgroup/cpu.max': 'max 100000' }, 8],
    ['cgroup 2 with two CPUs', 8, { '/sys/fs/cgroup/cpu.max': '200000 100000' }, 2],
    [
      'cgroup 2 of this process',
      8,
      { '/proc/self/cgroup': '0::/app\n', '/sys/fs/cgroup/app/cpu.max': '300000 100000' },
      3,
    ],
    ['half a CPU', 8, { '/sys/fs/cgroup/cpu.max': '50000 100000' }, 1],
    ['one and a half', 8, { '/sys/fs/cgroup/cpu.max': '150000 100000' }, 1],
    [
      'cgroup 1',
      8,
      { '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '400000', '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000' },
      4,
    ],
    ['cgroup 1 without a quota', 4, { '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1' }, 4],
    ['an affinity below the quota', 2, { '/sys/fs/cgroup/cpu.max': '800000 100000' }, 2],
  ])('%s', (_, affinity, content, expected) => {
    expect(availableCpus(affinity, files(content))).toBe(expected)
  })
})
