// `npm run kernel --workspace libs/hashing`: assembles src/kernel.wat and writes it to src/kernel.ts.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import wabt from 'wabt'

/** @returns the text of src/kernel.ts */
export async function assembledKernel() {
  const source = path.join(import.meta.dirname, 'src/kernel.wat')
  const { parseWat } = await wabt()
  const { buffer } = parseWat('kernel.wat', readFileSync(source, 'utf8')).toBinary({})
  return `/** kernel.wat as WebAssembly, in base64. Made by \`npm run kernel\`; do not edit. */
export const KERNEL =
  '${Buffer.from(buffer).toString('base64')}'
`
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(path.join(import.meta.dirname, 'src/kernel.ts'), await assembledKernel())
