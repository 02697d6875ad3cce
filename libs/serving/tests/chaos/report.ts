/** The rows of the chaos table: what was done, what was counted. Written to CHAOS_REPORT when it is set. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

export interface Row {
  readonly scenario: string
  readonly counted: string
}

/** The long run takes minutes; the short one shows the same claims with smaller counts. */
export const isLong = process.env.CHAOS === 'long'

export function report(scenario: string, counted: string): void {
  const file = process.env.CHAOS_REPORT
  if (!file) return
  const rows: Row[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
  writeFileSync(file, `${JSON.stringify([...rows, { scenario, counted }], null, 2)}\n`)
}
