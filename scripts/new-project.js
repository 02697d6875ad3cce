// Creates a project from templates/project: node scripts/new-project.js <name>
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { valuesOf } from './config-files.js'

const [name] = process.argv.slice(2)
const folder = path.join('projects', name)
if (!/^[a-z][a-z0-9-]{1,39}$/.test(name)) {
  refuse(
    `'${name}' is not a valid project name: use 2 to 40 lower-case letters, digits and hyphens, starting with a letter.`,
  )
}
if (isIgnored(folder)) refuse(`git ignores folders named ${name} (.gitignore): choose another name.`)
if (name === 'host') refuse('host is the name of the server of all projects: choose another name.')
if (existsSync(folder)) refuse(`${folder} already exists.`)
if (existsSync(path.join('libs', name)))
  refuse(`There is already a library named ${name}; package names must be unique.`)

const values = { __name__: name, __NAME__: name.toUpperCase(), __port__: String(nextPort()) }
cpSync('templates/project', folder, { recursive: true })
for (const file of filesBelow(folder)) writeFileSync(file, fill(readFileSync(file, 'utf8')))
registerWorkspace()
console.log(`Created ${folder}, which listens on port ${values.__port__}. Put your model into ${folder}/serve/src/served-model.ts.
  make projects.start/${name}
  make projects.test/${name}`)

function refuse(sentence) {
  console.error(sentence)
  process.exit(2)
}

function isIgnored(folder) {
  return spawnSync('git', ['check-ignore', '--quiet', `${folder}/serve`]).status === 0
}

function fill(text) {
  return text.replaceAll(/__(name|NAME|port)__/g, (placeholder) => values[placeholder])
}

function filesBelow(directory) {
  return readdirSync(directory, { recursive: true })
    .map((file) => path.join(directory, file))
    .filter((file) => statSync(file).isFile())
}

/** One above the highest port of all projects, unless the host has it. */
function nextPort() {
  const ports = readdirSync('projects')
    .map((project) => path.join('projects', project, 'serve'))
    .filter((serve) => existsSync(path.join(serve, 'config')))
    .flatMap((serve) => {
      const own = valuesOf(serve, 'SERVERY_PORT')
      return own.length > 0 ? own.map(Number) : [8000]
    })
  const next = Math.max(7999, ...ports) + 1
  return valuesOf('libs/serving', 'SERVERY_PORT').includes(String(next)) ? next + 1 : next
}

/** Registers the workspace with npm and the compiler. All its dependencies are locked already. */
function registerWorkspace() {
  const workspace = `${folder}/serve`
  change('tsconfig.json', (config) => config.references.push({ path: workspace }))
  change('package-lock.json', ({ packages }) => {
    const { version, license, dependencies } = JSON.parse(readFileSync(`${workspace}/package.json`, 'utf8'))
    packages[workspace] = { name: `@servery/${name}`, version, license, dependencies }
    packages[`node_modules/@servery/${name}`] = { resolved: workspace, link: true }
  })
}

function change(file, edit) {
  const content = JSON.parse(readFileSync(file, 'utf8'))
  edit(content)
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`)
}
