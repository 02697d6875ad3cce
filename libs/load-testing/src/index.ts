/** Exports for load plans and testkit. Imports no load generator, to stay light. */
export { defineLoadPlan, type LoadPlan } from './load-plan.ts'
export { atLeast, below, type Criterion, soft } from './measurement/criteria.ts'
export type { Measurement } from './measurement/measurements.ts'
export { freePort, type ServerProcess, startServerProcess } from './server-process.ts'
export type { ClosedLoop, OpenLoop, UserGroup, VirtualUsers, WorkloadMix } from './workload/user-groups.ts'
