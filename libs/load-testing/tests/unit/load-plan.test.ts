import { faultOf, type LoadPlan } from '../../src/load-plan.ts'
import type { UserGroup } from '../../src/workload/user-groups.ts'

const mix = { recorded: 1 }
const plan = (users: UserGroup[], seconds = 1): LoadPlan => ({
  rampUpSeconds: 0,
  warmUpSeconds: 0,
  seconds,
  users,
  criteria: [],
  corpusRequest: () => ({}),
})

it('accepts a load of every kind', () => {
  const users: UserGroup[] = [
    { loop: 'closed', connections: 1, mix },
    { loop: 'open', perSecond: 0.5, mix },
    { loop: 'users', users: 1, thinkSeconds: [0, 0], mix },
  ]
  expect(faultOf(plan(users))).toBeUndefined()
})

it.each<[UserGroup]>([
  [{ loop: 'closed', connections: 0, mix }],
  [{ loop: 'closed', connections: 1.5, mix }],
  [{ loop: 'open', perSecond: 0, mix }],
  [{ loop: 'open', perSecond: Number.NaN, mix }],
  [{ loop: 'open', perSecond: 1, maxOutstanding: 0, mix }],
  [{ loop: 'users', users: 0, thinkSeconds: [0, 0], mix }],
  [{ loop: 'users', users: 1, thinkSeconds: [2, 1], mix }],
  [{ loop: 'open', perSecond: 1, mix: { recorded: -1 } }],
])('refuses %j, which would send nothing or never end', (group) => {
  expect(faultOf(plan([group]))).toMatch(/is not a load/)
})

it('refuses a plan of no time, and one that compares nothing', () => {
  const group = { loop: 'closed', connections: 1, mix: { corpus: 1 } } as const
  expect(faultOf(plan([group], 0))).toMatch(/seconds/)
  expect(faultOf(plan([group]))).toMatch(/compares no answer/)
})
