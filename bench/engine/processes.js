// CPU time and memory of a process and everything below it, from /proc.
import { readdirSync, readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

/** @returns {number[]} the process and its descendants */
export function treeOf(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(treeOf)]
}

/** Seconds of CPU that the processes have used so far, in user and kernel mode. */
export function cpuSeconds(pids) {
  return pids.reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number)
    return sum + (user + system) / TICKS_PER_SECOND
  }, 0)
}

/** Megabytes of memory, shared pages counted once among those that share them. */
export function proportionalMegabytes(pids) {
  const kilobytes = (pid) => Number(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+)/m)[1])
  return Math.round(pids.map(kilobytes).reduce((a, b) => a + b, 0) / 1_000)
}

/** Megabytes that only this process has. */
export function privateMegabytes(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kilobytes = [...rollup.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+)/gm)].map((match) => Number(match[1]))
  return (kilobytes.reduce((a, b) => a + b, 0) * 1_024) / 1e6
}
