/** The versions to load at start: the value of SERVERY_MODELS, and what happens to those that fail. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Logger, ServeryError } from '@servery/core'
import type { VersionKey } from './model/version-key.ts'
import type { ModelRepository } from './repository/repository.ts'
import { NAME } from './repository/version-store.ts'

/** Wait before a version that has failed at start is loaded again; doubled after each further failure. */
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 60_000

/**
 * @param text `<name>=<version>,…`; a name may stand more than once, and its first version is the default
 * @throws ServeryError `CONFIG_INVALID`
 */
export function parseModels(text: string): VersionKey[] {
  const entries = text.split(',').map((entry) => entry.trim())
  const versions = entries.map((entry) => entry.split('='))
  const isValid = versions.every((names) => names.length === 2 && names.every((name) => NAME.test(name)))
  if (!isValid || new Set(entries).size < entries.length)
    throw new ServeryError(
      'CONFIG_INVALID',
      `SERVERY_MODELS=${text} is not valid: a list such as keywords=KEYWORDS-COMPILED-1,sentiment=SENTIMENT-COMPILED-2, each version once.`,
    )
  return versions.map(([name, version]) => ({ name: name as string, version: version as string }))
}

/**
 * Reports the versions that could not be loaded at start, and loads them again in the background until they are ready, an operator
 * unloads them, or the server shuts down.
 *
 * @param loads the results, in the order of `versions`
 * @throws the first failure, if nothing could be loaded
 */
export function retryFailed(
  versions: readonly VersionKey[],
  loads: readonly PromiseSettledResult<unknown>[],
  repository: ModelRepository,
  logger: Logger,
): void {
  const failures = loads.flatMap((load, i) =>
    load.status === 'rejected' ? [{ key: versions[i] as VersionKey, error: load.reason as Error }] : [],
  )
  if (failures.length > 0 && failures.length === loads.length) throw failures[0]?.error
  for (const { key, error } of failures) {
    const { name: model, version } = key
    const noDefault =
      repository.defaultVersionOf(model) === undefined ? ` Until then ${model} has no default version.` : ''
    const sentence = `${error.message} It is loaded again, after ${FIRST_RETRY_MS / 1_000} s and then less and less often.${noDefault}`
    logger.error({ model, version }, sentence)
    void retry(key, repository)
  }
}

/** The loader writes every attempt to the log. */
async function retry(key: VersionKey, repository: ModelRepository): Promise<void> {
  for (let ms = FIRST_RETRY_MS; ; ms = Math.min(2 * ms, LONGEST_RETRY_MS)) {
    await pause(ms, undefined, { ref: false })
    if (repository.isShuttingDown || !repository.isAwaited(key)) return
    await repository.load(key.name, key.version).catch(() => {})
  }
}
