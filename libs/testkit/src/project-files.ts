/** What tests of a project read of its files. */
import { readFileSync } from 'node:fs'
import path from 'node:path'

/** The model version that `config/dev.env` of a serve component names. @throws Error when it names none */
export function modelVersionOf(serveDirectory: string): string {
  const file = path.join(serveDirectory, 'config/dev.env')
  const version = readFileSync(file, 'utf8').match(/^SERVERY_MODEL_VERSION=(.+)$/m)?.[1]
  if (version === undefined) throw new Error(`${file} names no SERVERY_MODEL_VERSION.`)
  return version
}

/** The code blocks of a Markdown page that are marked as `language`, in order. */
export function codeBlocks(page: string, language: string): string[] {
  const blocks = readFileSync(page, 'utf8').matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]+?)\`\`\``, 'g'))
  return [...blocks].map((match) => match[1] as string)
}
