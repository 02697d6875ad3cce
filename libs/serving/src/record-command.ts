/**
 * Command that records the answers of a new version, the last step of compiling it:
 * `node libs/serving/dist/record-command.js <serve directory> <version folder>`. Compile the serve component first.
 */
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { exitCodeOf, ServeryError } from '@servery/core'
import { serveComponentAt } from '@servery/model-version'
import type { ModelDefinition } from './model/model.ts'
import { recordPredictions } from './record-predictions.ts'

try {
  const [serveDirectory, versionFolder] = process.argv.slice(2)
  if (serveDirectory === undefined || versionFolder === undefined)
    throw new ServeryError('CONFIG_INVALID', 'Usage: record-command <serve directory> <version folder>')
  const { name, directory } = serveComponentAt(serveDirectory)
  const module = pathToFileURL(path.join(directory, 'dist/served-model.js')).href
  const { default: definition } = (await import(module)) as { default: ModelDefinition }
  await recordPredictions(definition, name, versionFolder)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = exitCodeOf(error)
}
