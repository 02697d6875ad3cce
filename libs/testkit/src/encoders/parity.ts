/** What the Python reference computed for a version, as a compile stores it beside the recorded answers. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { recordingsFile } from '@servery/model-version'

export interface Parity<Case, Tolerance> {
  readonly tolerance: Tolerance
  readonly cases: readonly (Case & { readonly text: string })[]
}

/** `test_files/parity.json` of a version. @param directory root of the version */
export function readParity<Case, Tolerance>(directory: string): Parity<Case, Tolerance> {
  const file = path.join(path.dirname(recordingsFile(directory)), 'parity.json')
  return JSON.parse(readFileSync(file, 'utf8')) as Parity<Case, Tolerance>
}
