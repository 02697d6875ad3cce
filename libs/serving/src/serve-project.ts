/** The start of a project's server, made short: the workers are forked before anything else is imported. */
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ModelDefinition } from './model/model.ts'
import { forkAhead } from './workers/fork-worker.ts'

/**
 * Runs the server of a project until SIGTERM or SIGINT. If the start fails, the process prints the reason and ends with 78, 70 or 1.
 *
 * @param folder of the compiled served-model.js, whose default export is the model; the nearest `package.json` above determines the
 *   name, and where `config/` and `models/` are
 */
export async function serveProject(folder: string): Promise<void> {
  forkAhead()
  const [{ serve }, { default: definition }] = await Promise.all([
    import('./serve.ts'),
    import(pathToFileURL(path.join(folder, 'served-model.js')).href) as Promise<{ default: ModelDefinition }>,
  ])
  await serve(definition, folder)
}
