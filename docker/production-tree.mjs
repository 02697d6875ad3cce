// Copies only the files that some projects need at run time: node docker/production-tree.mjs <target> <workspace>…
// After `npm ci --omit=dev --workspace=<workspace>`, node_modules holds only the run-time dependencies of that project.
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'

const [target, ...workspaces] = process.argv.slice(2)
const platform = `${process.platform}-${process.arch}`

/** Top-level folders of packages that are only for their own developers. */
const FOR_DEVELOPERS = [
  'test',
  'tests',
  '__tests__',
  'docs',
  'example',
  'examples',
  'benchmark',
  'benchmarks',
  '.github',
]
const FOR_COMPILERS = /\.(map|d\.[cm]?ts|[cm]?ts|tsbuildinfo|md|markdown)$/

copyPackages()
for (const folder of [...workspaces, ...linkedWorkspaces()]) copyWorkspace(folder)
keepOwnPlatform()
linkProviders()

/** Copies third-party packages without the files for developers and compilers. */
function copyPackages() {
  cpSync('node_modules', path.join(target, 'node_modules'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) =>
      !lstatSync(file).isSymbolicLink() &&
      !file.endsWith('/.bin') &&
      !(FOR_DEVELOPERS.includes(path.basename(file)) && existsSync(path.join(path.dirname(file), 'package.json'))) &&
      !(FOR_COMPILERS.test(file) && !/license|notice/i.test(path.basename(file))),
  })
}

/** The libraries that the projects use, which npm has linked into node_modules. */
function linkedWorkspaces() {
  return readdirSync('node_modules/@servery')
    .map((name) => path.join('node_modules/@servery', readlinkSync(path.join('node_modules/@servery', name))))
    .filter((folder) => !workspaces.includes(path.normalize(folder)))
}

/** Copies compiled code, package.json and the configuration for production. */
function copyWorkspace(folder) {
  const compiled = (file) => !FOR_COMPILERS.test(file)
  cpSync(path.join(folder, 'dist'), path.join(target, folder, 'dist'), { recursive: true, filter: compiled })
  for (const file of ['package.json', 'config/default.env', 'config/prod.env', 'README.md', 'data', 'node_modules']) {
    const from = path.join(folder, file)
    if (existsSync(from)) cpSync(from, path.join(target, folder, file), { recursive: true, filter: compiled })
  }
  if (workspaces.includes(folder)) return mkdirSync(path.join(target, folder, 'models'), { recursive: true })
  const link = path.join(target, 'node_modules/@servery', path.basename(folder))
  mkdirSync(path.dirname(link), { recursive: true })
  symlinkSync(path.relative(path.dirname(link), path.join(target, folder)), link)
}

/** Removes the native code of other platforms, which two packages contain. */
function keepOwnPlatform() {
  removeAll(path.join(target, 'node_modules/onnxruntime-node/bin'), (file) => {
    const [, system, cpu] = file.match(/\/(darwin|linux|win32)(?:\/([^/]+))?$/) ?? []
    return system !== undefined && (system !== process.platform || (cpu !== undefined && cpu !== process.arch))
  })
  const own = `${platform}-gnu.node`
  removeAll(path.join(target, 'node_modules/tokenizers'), (file) => file.endsWith('.node') && !file.endsWith(own))
}

function removeAll(folder, isForeign) {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder, { recursive: true })) {
    const file = path.join(folder, name)
    if (isForeign(file)) rmSync(file, { recursive: true, force: true })
  }
}

/** Links ONNX Runtime's CUDA libraries of a GPU base image next to its own libraries, where it looks for them. */
function linkProviders() {
  const providers = '/opt/onnxruntime-providers'
  const beside = path.join(target, 'node_modules/onnxruntime-node/bin/napi-v6', platform.replace('-', '/'))
  if (!existsSync(providers) || !existsSync(beside)) return
  for (const name of readdirSync(providers)) symlinkSync(path.join(providers, name), path.join(beside, name))
}
