// Run by `make build` after the compiler: replaces dist/index.js by one file with all of TypeBox. Without it everything works, but
// starts more slowly.
import path from 'node:path'
import { build } from 'esbuild'

const entry = path.join(import.meta.dirname, 'dist/index.js')

await build({
  entryPoints: [entry],
  outfile: entry,
  allowOverwrite: true,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
})
