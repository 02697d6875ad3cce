// Lists the projects that a change affects, and why: node scripts/affected.js < changed-files.txt
// Prints the reasons to stderr and the CI matrix as one line of JSON to stdout. `--all` selects all projects.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { valuesOf } from './config-files.js'

/** Label of the runner that has the device. */
const RUNNERS = { cpu: 'ubuntu-24.04', gpu: 'gpu', neuron: 'neuron' }
/** The suites of a project, each with the file or folder that shows that the project has it. */
const SUITES = {
  unit: 'tests/unit',
  integration: 'tests/integration',
  functional: 'tests/functional',
  load: 'src/load-plan.ts',
}

/** The first match decides. `reaches` is the scope of a change of such a file. */
const RULES = [
  { files: /\.(md|svg|png)$|^docs\/|^LICENSE$|^\.envrc\.example$/, reaches: 'nothing', why: 'documentation' },
  {
    files: /^(bench|train|compile)\/|^projects\/[^/]+\/(train|compile)\//,
    reaches: 'nothing',
    why: 'not part of an image',
  },
  { files: /^libs\/([^/]+)\//, reaches: 'dependants', why: 'library' },
  { files: /^projects\/([^/]+)\//, reaches: 'project', why: 'project' },
  { files: /^registry\/([^/]+)\//, reaches: 'model', why: 'model' },
  { files: /./, reaches: 'all', why: 'shared by all projects' },
]

/**
 * @param {string[]} changed files relative to the repository, deleted ones included
 * @param {{name: string, libraries: string[], models: string[]}[]} projects
 * @returns {Map<string, string>} the reasons of the affected projects, by name
 */
export function affected(changed, projects) {
  const reasons = new Map()
  const add = (project, reason) => reasons.has(project.name) || reasons.set(project.name, reason)
  for (const file of changed) {
    const { files, reaches, why } = RULES.find((rule) => rule.files.test(file))
    const subject = file.match(files)[1]
    for (const project of projects) {
      const isReached = {
        nothing: false,
        dependants: project.libraries.includes(subject),
        project: project.name === subject,
        model: project.models.includes(subject),
        all: true,
      }[reaches]
      if (isReached) add(project, `${file} (${why}${subject === undefined ? '' : ` ${subject}`})`)
    }
  }
  return reasons
}

/** The projects of a checkout with the libraries they use, directly or indirectly, and the models they serve. */
export function readProjects(root) {
  const own = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'))
  const libraries = new Map()
  for (const name of readdirSync(path.join(root, 'libs'))) {
    const file = `libs/${name}/package.json`
    if (existsSync(path.join(root, file))) libraries.set(name, dependenciesOf(own(file)))
  }
  return readdirSync(path.join(root, 'projects'))
    .filter((name) => existsSync(path.join(root, `projects/${name}/serve/package.json`)))
    .map((name) => {
      const serve = path.join(root, `projects/${name}/serve`)
      const manifest = own(`projects/${name}/serve/package.json`)
      // Tests, images and the load suite of every project need these, although its package does not depend on them.
      const used = reachable([...dependenciesOf(manifest), 'testkit', 'load-testing'], libraries)
      return {
        name,
        libraries: used,
        models: modelsOf(serve),
        device: manifest.servery?.device ?? 'cpu',
        suites: Object.keys(SUITES).filter((suite) => existsSync(path.join(serve, SUITES[suite]))),
      }
    })
}

/** Rows of the matrix: one project each, with the runner and the suites it has. */
export function matrixOf(projects, names) {
  return {
    include: projects
      .filter(({ name }) => names.includes(name))
      .map(({ name, device, suites }) => ({ project: name, device, runner: RUNNERS[device], suites })),
  }
}

function dependenciesOf({ dependencies = {}, devDependencies = {} }) {
  return Object.keys({ ...dependencies, ...devDependencies })
    .filter((name) => name.startsWith('@servery/'))
    .map((name) => name.slice('@servery/'.length))
}

function reachable(names, libraries) {
  const found = new Set()
  const visit = (name) => {
    if (found.has(name) || !libraries.has(name)) return
    found.add(name)
    libraries.get(name).forEach(visit)
  }
  names.forEach(visit)
  return [...found]
}

/** MODEL-IDs that the configuration names: `KEYWORDS-COMPILED` of `KEYWORDS-COMPILED-1`. */
function modelsOf(serve) {
  const ids = valuesOf(serve, 'SERVERY_MODEL_VERSION').map((version) => version.match(/^(.+)-[0-9.]+$/)?.[1])
  return [...new Set(ids.filter(Boolean))]
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const projects = readProjects('.')
  const everything = process.argv.includes('--all')
  const changed = everything ? [] : readFileSync(0, 'utf8').split('\n').filter(Boolean)
  const reasons = everything
    ? new Map(projects.map(({ name }) => [name, 'all projects were requested']))
    : affected(changed, projects)
  for (const { name } of projects) {
    console.error(`${name}: ${reasons.has(name) ? `runs, because of ${reasons.get(name)}` : 'is not affected'}`)
  }
  console.log(JSON.stringify(matrixOf(projects, [...reasons.keys()])))
}
