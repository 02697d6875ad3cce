/** What tests of a project read of its files. */
import { readFileSync } from 'node:fs'
import { variableOf } from '@servery/model-version'

/** The model version that a server of the component serves, in the environment of this process. @throws Error when there is none */
export function modelVersionOf(serveDirectory: string): string {
  const version = variableOf(serveDirectory, 'SERVERY_MODEL_VERSION', process.env)
  if (version === undefined) throw new Error(`${serveDirectory} has no SERVERY_MODEL_VERSION.`)
  return version
}

/** The code blocks of a Markdown page that are marked as `language`, in order. */
export function codeBlocks(page: string, language: string): string[] {
  const blocks = readFileSync(page, 'utf8').matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]+?)\`\`\``, 'g'))
  return [...blocks].map((match) => match[1] as string)
}
