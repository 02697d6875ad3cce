/** The load plans of all projects. */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { LoadPlan } from '@servery/load-testing'
import { ROOT } from '../checkout.ts'

/** From 100 on, a group has percentiles of its own (docs/load-testing.md). */
const LEAST_PREDICTS = 150

it.each(readdirSync(path.join(ROOT, 'projects')))(
  '%s: an open loop asks often enough that a stall it meets is not outvoted',
  async (project) => {
    const file = path.join(ROOT, 'projects', project, 'serve/dist/load-plan.js')
    expect(existsSync(file)).toBe(true)
    const { users, seconds } = ((await import(file)) as { default: LoadPlan }).default
    const predicts = users.map((group) => {
      const { bio = 0, recorded = 0, corpus = 0 } = group.mix
      return group.loop === 'open' ? (seconds * group.perSecond * (recorded + corpus)) / (bio + recorded + corpus) : 0
    })
    expect(Math.max(...predicts)).toBeGreaterThanOrEqual(LEAST_PREDICTS)
  },
)
