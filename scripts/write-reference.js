// Writes the generated pages of docs/ from the schemas and the error table; `--check` only compares.
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
import { cardSchema } from '@servery/model-version'
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
  'docs/environment.md': `# Environment\n\n${GENERATED}\n\nRead once at start: from the process environment, then from \`config/<ENVIRONMENT>.env\` of the project, which says what differs there (\`ENVIRONMENT\` is dev, ci or prod; dev where it is not set or empty), then from \`config/default.env\`.\n\n${environment.join('\n')}`,
  'docs/model-card.md': modelCardPage(),
  'docs/errors.md': `# Errors\n\n${GENERATED}\n\nEvery error is answered as \`application/problem+json\` with a stable \`code\`.\n\n${errors.join('\n')}`,
}

for (const [file, text] of Object.entries(pages)) {
  if (!process.argv.includes('--check')) writeFileSync(file, text)
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`${file} is older than the code: run \`make docs\`.`)
    process.exitCode = 1
  }
}

function modelCardPage() {
  const rows = Object.entries(cardSchema.properties).map(
    ([name, field]) => `| \`${name}\` | ${typeOf(field)} | ${cell(field.description)} |`,
  )
  return `# Model card and recordings

${GENERATED}

\`model_card.json\` lies in the folder of every model version that has artifacts ([architecture.md](architecture.md#registry)). It is a JSON object.
Servery reads these fields, none of which is required:

| field | type | what it is |
| --- | --- | --- |
${rows.join('\n')}

A card may hold any other field. It is kept as it stands and shown in \`GET /v1/model/<name>/bio\`. A field above with a value of another type stops the
start and the registration with \`MODEL_LOAD_FAILED\`.

## Recordings

\`test_files/predictions.json\` holds requests with the outputs that the version gave when it was made: a list of

\`\`\`json
{"operation": "predict", "configuration": {}, "inputs": [{"content": "Tidal turbines power the town."}], "outputs": [{"words": 5}]}
\`\`\`

| field | type | what it is |
| --- | --- | --- |
| \`operation\` | string, optional | What was asked of the model; \`predict\` where it is left out |
| \`configuration\` | object, optional | Settings of the request; empty where it is left out |
| \`inputs\` | list, at least 1 | Inputs of one request |
| \`outputs\` | list, at least 1 | One output for each input, in order |

\`test_files/requests.json\` is a list of such entries without \`outputs\`: the requests whose answers a compile records.

Versions made before 0.2 hold the bodies of the native protocol instead, and stay as they are: \`{"request": {"inputs": …}, "response": …}\`, always of
\`predict\`. A list of inputs has \`{"outputs": […]}\` as response. One input that is no list has \`{"outputs": <output>}\`, or the output itself.
`
}

/** Type of a field of a card, in words. */
function typeOf({ type, items, minimum }) {
  if (type === undefined) return 'any'
  if (type === 'array') return `list of ${typeOf(items)}s`
  return minimum === undefined ? type : `${type}, at least ${minimum}`
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
