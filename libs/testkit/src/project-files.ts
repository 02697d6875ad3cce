/** What tests of a project read of its pages. */
import { readFileSync } from 'node:fs'

/** The code blocks of a Markdown page that are marked as `language`, in order. */
export function codeBlocks(page: string, language: string): string[] {
  const blocks = readFileSync(page, 'utf8').matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]+?)\`\`\``, 'g'))
  return [...blocks].map((match) => match[1] as string)
}
