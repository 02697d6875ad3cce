// Virtual environments of the benchmarks' Python sides.
import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** The `bin` of a virtual environment at `folder` with the pinned packages of a file; made once. */
export function python(folder, requirements) {
  const bin = path.join(folder, 'bin')
  if (!existsSync(path.join(folder, 'done'))) {
    console.log(`Installing ${path.relative('.', requirements)} from PyPI …`)
    execFileSync(process.env.PYTHON ?? 'python3', ['-m', 'venv', folder])
    execFileSync(path.join(bin, 'pip'), ['install', '--quiet', '-r', requirements], { stdio: 'inherit' })
    writeFileSync(path.join(folder, 'done'), '')
  }
  return bin
}
