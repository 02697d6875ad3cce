/** CPU time of this process so far, in milliseconds: unlike the clock, it does not pass while other processes run. */
export function cpuTimeMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
