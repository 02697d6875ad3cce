export { atLeast, below, type Criterion, soft } from './criteria.ts'
export type { Measurement } from './measurements.ts'
export {
  type ClosedLoop,
  defineLoadPlan,
  type LoadPlan,
  type Mix,
  type OpenLoop,
  type ThinkingUsers,
  type UserGroup,
} from './plan.ts'
