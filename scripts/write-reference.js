// Writes docs/environment.md and docs/errors.md from the schemas and the error table; `--check` only compares.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import {
  criterionVariables,
  describe,
  ERROR_CODES,
  loadVariables,
  modelVariables,
  registryVariables,
  serverVariables,
} from '@servery/core'
import { ERROR_MEANINGS, HTTP_STATUS } from '@servery/serving'

const GENERATED = '<!-- Made by `make docs`; do not edit. -->'
const groups = {
  'Model version': modelVariables,
  Server: serverVariables,
  Registry: registryVariables,
  'Load suite': { properties: { ...loadVariables.properties, ...criterionVariables('<i>').properties } },
  ...(await projectParams()),
}

const environment = Object.entries(groups).map(([title, schema]) => {
  const rows = Object.entries(schema.properties).map(
    ([name, field]) =>
      `| \`${name}\` | ${field.default === undefined ? 'required' : field.default === '' ? 'empty' : `\`${field.default}\``} | ${cell(describe(field))} |`,
  )
  return [`## ${title}`, '', '| variable | default | takes |', '| --- | --- | --- |', ...rows, ''].join('\n')
})
const errors = ERROR_CODES.map(
  (code) =>
    `### ${code.toLowerCase()}\n\n\`${code}\`, ${exitStatus(code) ?? `HTTP ${HTTP_STATUS[code]}`}. ${ERROR_MEANINGS[code]}\n`,
)

const pages = {
  'docs/environment.md': `# Environment\n\n${GENERATED}\n\nRead once at start from \`config/<ENVIRONMENT>.env\` of the project (\`ENVIRONMENT\` is dev, ci or prod; dev by default), under the process environment.\n\n${environment.join('\n')}`,
  'docs/errors.md': `# Errors\n\n${GENERATED}\n\nEvery error is answered as \`application/problem+json\` with a stable \`code\`.\n\n${errors.join('\n')}`,
}

let stale = false
for (const [file, text] of Object.entries(pages)) {
  if (process.argv.includes('--check')) stale ||= readFileSync(file, 'utf8') !== text
  else writeFileSync(file, text)
}
if (stale) {
  console.error('docs/environment.md or docs/errors.md is older than the code: run `make docs`.')
  process.exit(1)
}

/** The params of each project that has its own, by the title of their section. */
async function projectParams() {
  const params = {}
  for (const project of readdirSync('projects')) {
    const module = new URL(`../projects/${project}/serve/dist/params.js`, import.meta.url)
    if (existsSync(module)) params[`Project ${project}`] = (await import(module)).params
  }
  return params
}

/** Text in a cell of a table. */
function cell(text) {
  return text.replaceAll('<', '&lt;').replaceAll('|', '\\|')
}

function exitStatus(code) {
  return { CONFIG_INVALID: 'exit status 78', MODEL_LOAD_FAILED: 'exit status 70' }[code]
}
