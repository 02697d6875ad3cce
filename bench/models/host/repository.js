// Repositories on disk for the benchmarks, the servers that serve them, and the versions of projects.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { startEntry } from '../../server.js'

const root = path.join(import.meta.dirname, '../../..')
const LABELS = 'bench/models/host/labels.js'
export const PROJECTS = readdirSync(path.join(root, 'projects'))

/** @returns the module of the definition of a model, from the root of the repository */
export function moduleOf(name) {
  return name === 'labels' ? LABELS : `projects/${name}/serve/dist/served-model.js`
}

/** The version that the configuration of a project names. */
export function versionOf(project) {
  const settings = readFileSync(path.join(root, `projects/${project}/serve/config/default.env`), 'utf8')
  return settings.match(/^SERVERY_MODEL_VERSION=(.+)$/m)[1]
}

/** A folder for versions, removed when this process ends. */
export function newRepository() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'servery-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Copies the version of a project `count` times. @returns names of versions */
export function copyVersions(repository, project, count) {
  const source = path.join(root, `projects/${project}/serve/models/${versionOf(project)}`)
  return namesOf(project, count).map((version) => {
    cpSync(source, path.join(repository, project, version), { recursive: true })
    return version
  })
}

/** Writes versions of the model of labels, which answer `<model> <version>`. @returns names of versions */
export function writeLabels(repository, model, count, ballastBytes = 0) {
  return namesOf(model, count).map((version) => {
    const folder = path.join(repository, model, version)
    mkdirSync(path.join(folder, 'model_artifacts'), { recursive: true })
    const label = labelOf(model, version)
    writeFileSync(path.join(folder, 'model_artifacts/label.json'), JSON.stringify({ label, ballastBytes }))
    writeFileSync(path.join(folder, 'model_card.json'), JSON.stringify({ definition: 'labels' }))
    return version
  })
}

export function labelOf(model, version) {
  return `${model} ${version}`
}

function namesOf(model, count) {
  return Array.from({ length: count }, (_, i) => `${model.toUpperCase()}-COPY-${i + 1}`)
}

/** Starts a server of models, each with its own definition or that of another module: `{ keywords: 'bench/…' }`. */
export function startHost(models, environment = {}) {
  const modules = Array.isArray(models) ? Object.fromEntries(models.map((name) => [name, moduleOf(name)])) : models
  const args = Object.entries(modules).map(([name, module]) => `${name}=${module}`)
  return startEntry(path.join(import.meta.dirname, 'host.js'), args, environment)
}
