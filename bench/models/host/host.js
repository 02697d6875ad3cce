// Serves several models in one server: node host.js <name>=<module of its definition, from the root of the repository>…
import path from 'node:path'
import { serveProjects } from '@servery/serving'

const root = path.join(import.meta.dirname, '../../..')
const modules = process.argv.slice(2).map((pair) => pair.split('='))

await serveProjects(async () => ({
  name: 'host',
  serveDirectory: import.meta.dirname,
  definitions: new Map(
    await Promise.all(modules.map(async ([name, module]) => [name, (await import(path.join(root, module))).default])),
  ),
  modelsDirectoryOf: (name) => path.join(root, `projects/${name}/serve/models`),
}))
