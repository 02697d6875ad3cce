/** Turns by cost: shares, waits, and what a flow owes or keeps. */
import { DeficitRoundRobin } from '../../src/workers/round-robin.ts'

interface Flow {
  readonly name: string
  waitingCost: number
  /** Of one turn. */
  readonly cost: number
}

const flow = (name: string, cost: number, waitingCost = 1): Flow => ({ name, cost, waitingCost })
const any = () => true

function turnsOf(turns: DeficitRoundRobin<Flow>, count: number): string[] {
  return Array.from({ length: count }, () => {
    const next = turns.next(any) as Flow
    turns.charge(next, next.cost)
    return next.name
  })
}

function ringOf(...flows: Flow[]): DeficitRoundRobin<Flow> {
  const turns = new DeficitRoundRobin<Flow>(5)
  for (const each of flows) turns.add(each)
  return turns
}

it('gives flows equal shares of the cost, whatever a turn costs', () => {
  const names = turnsOf(ringOf(flow('cheap', 10), flow('dear', 40)), 500)
  const turns = (name: string) => names.filter((each) => each === name).length
  expect((turns('cheap') * 10) / (turns('dear') * 40)).toBeCloseTo(1, 1)
})

it('lets a flow that arrives wait for one turn of each other flow at most', () => {
  const turns = ringOf(flow('a', 100), flow('b', 100))
  turnsOf(turns, 7)
  turns.add(flow('new', 1))
  expect(turnsOf(turns, 3)).toContain('new')
})

it('serves a lone flow always, and forgets what it owes for that but for one turn', () => {
  const lone = flow('lone', 1_000)
  const turns = ringOf(lone)
  expect(turnsOf(turns, 50)).toEqual(Array.from({ length: 50 }, () => 'lone'))
  turns.add(flow('other', 10))
  expect(turnsOf(turns, 150).filter((name) => name === 'lone').length).toBeGreaterThan(0)
})

it('gives turns by large costs without counting every round', () => {
  const turns = ringOf(flow('huge', 1e12), flow('small', 1))
  expect(turnsOf(turns, 4)).toContain('huge')
  expect(turnsOf(turns, 100)).toEqual(Array.from({ length: 100 }, () => 'small'))
})

it('keeps no credit of a flow without work', () => {
  const [idle, busy] = [flow('idle', 10), flow('busy', 10)]
  const turns = ringOf(idle, busy)
  idle.waitingCost = 0
  turnsOf(turns, 100)
  idle.waitingCost = 1
  turns.add(idle)
  expect(turnsOf(turns, 10).filter((name) => name === 'idle').length).toBeLessThanOrEqual(6)
})

it('gives no turn to a flow without work, or to one that is not eligible', () => {
  const turns = ringOf(flow('empty', 1, 0), flow('elsewhere', 1))
  expect(turns.next(({ name }) => name !== 'elsewhere')).toBeUndefined()
  expect(turns.next(any)?.name).toBe('elsewhere')
})
