/** What load plans and testkit use; light to import, since no load generator is among it. */
export { defineLoadPlan, type LoadPlan } from './load-plan.ts'
export { atLeast, below, type Criterion, soft } from './measurement/criteria.ts'
export type { Measurement } from './measurement/measurements.ts'
export { type ServerProcess, startServerProcess } from './server-process.ts'
export type { ClosedLoop, OpenLoop, UserGroup, VirtualUsers, WorkloadMix } from './workload/user-groups.ts'
