// Writes a table between the markers of its section in a page of the documentation.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** @param {string} section name in the markers `<!-- section -->` and `<!-- /section -->` @param {string[][]} rows cells of each row */
export function writeTable(section, setup, head, rows, page = path.join(import.meta.dirname, 'README.md')) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  const table = [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
  const [begin, end] = [`<!-- ${section} -->`, `<!-- /${section} -->`]
  const text = readFileSync(page, 'utf8')
  if (!text.includes(begin)) throw new Error(`${page} has no ${begin}`)
  writeFileSync(page, text.replace(new RegExp(`${begin}[\\s\\S]*${end}`), `${begin}\n${setup}\n\n${table}\n${end}`))
}
