/** One pass through all methods of a registry: recorded against a server, and repeated against the record. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { ModelRegistry } from '../../src/registry/model-registry.ts'

/** Makes a small version and results in `folder`, then pushes, resolves, downloads and files. */
export async function scenario(registry: ModelRegistry, folder: string): Promise<Record<string, unknown>> {
  const made = madeVersion(folder)
  const results = write(path.join(folder, 'results'), { 'load_test_evaluation.json': { passed: true } })
  const target = path.join(folder, 'TOY-COMPILED-1')
  const version = await registry.register(made, 'TOY-COMPILED', { expectedNumber: 1 })
  return {
    version: version.name,
    pushedAgain: (await registry.register(made, 'TOY-COMPILED')).name,
    versions: await registry.versions('TOY-COMPILED'),
    byNumber: (await registry.resolve('TOY-COMPILED-1')).name,
    byAlias: (await registry.resolve('models:/TOY-COMPILED@challenger')).name,
    unknownNumber: await registry.resolve('TOY-COMPILED-7').catch(messageOf),
    unknownAlias: await registry.resolve('models:/TOY-COMPILED@champion').catch(messageOf),
    card: await registry.card(version),
    isNew: await registry.download(version, target),
    files: (readdirSync(target, { recursive: true }) as string[]).sort(),
    filed: await registry.attachResults(version, 'v1', results),
    filedAgain: await registry.attachResults(version, 'v1', results),
  }
}

export function madeVersion(folder: string): string {
  return write(path.join(folder, 'made'), {
    'model_card.json': { description: 'A toy', scores: { f1: 0.5 } },
    'model_artifacts/model.json': [1, 2, 3],
  })
}

export const OUTCOME = {
  version: 'TOY-COMPILED-1',
  pushedAgain: 'TOY-COMPILED-1',
  versions: [1],
  byNumber: 'TOY-COMPILED-1',
  byAlias: 'TOY-COMPILED-1',
  unknownNumber: 'The registry has no version TOY-COMPILED-7; it has TOY-COMPILED-1.',
  unknownAlias: "The registry has no alias 'champion' of TOY-COMPILED: set it in MLflow, or name a version.",
  card: { description: 'A toy', scores: { f1: 0.5 } },
  isNew: true,
  files: ['manifest.json', 'model_artifacts', 'model_artifacts/model.json', 'model_card.json'],
  filed: undefined,
  filedAgain: undefined,
}

function write(folder: string, files: Record<string, unknown>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), JSON.stringify(content))
  }
  return folder
}

const messageOf = (error: Error) => error.message
