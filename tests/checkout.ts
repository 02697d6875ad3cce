/** A copy of this checkout for tests that change it or give it away: tracked and new files, nothing that git ignores. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export const ROOT = path.join(import.meta.dirname, '..')

export function copyOfCheckout(): string {
  const target = mkdtempSync(path.join(os.tmpdir(), 'servery-checkout-'))
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
  for (const file of String(files).split('\0').filter(Boolean)) {
    // A file that was deleted and not yet committed is still listed.
    if (existsSync(path.join(ROOT, file))) cpSync(path.join(ROOT, file), path.join(target, file))
  }
  execFileSync('git', ['init', '--quiet'], { cwd: target }) // the linter asks git what to ignore
  return target
}
