/** What a load plan imports. */
import { execFileSync } from 'node:child_process'

/** Prints which of the CommonJS packages below have been loaded. */
const PROGRAM = `
import { createRequire } from 'node:module'
await import('@servery/load-testing')
const loaded = Object.keys(createRequire(import.meta.url).cache)
console.log(['autocannon', 'hdr-histogram-js', 'undici'].filter((name) => loaded.some((file) => file.includes(name))))`

it('loads no load generator', () => {
  const loaded = execFileSync(process.execPath, ['--input-type=module', '--eval', PROGRAM], { encoding: 'utf8' })
  expect(loaded.trim()).toBe('[]')
})
