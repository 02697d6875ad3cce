/** The value of SERVERY_MODELS: the versions to load at start. */
import { ServeryError } from '@servery/core'

export interface NamedVersion {
  readonly name: string
  readonly version: string
}

/**
 * @param text `<name>=<version>,…`; a name may stand more than once, and its first version is the default
 * @throws ServeryError `CONFIG_INVALID`
 */
export function parseModels(text: string): NamedVersion[] {
  const versions = text.split(',').map(
    (entry) =>
      entry
        .trim()
        .match(/^([\w.-]+)=([\w.-]+)$/)
        ?.slice(1) as [string, string],
  )
  const isTwice = new Set(versions.map(String)).size < versions.length
  if (versions.includes(undefined as never) || isTwice)
    throw new ServeryError(
      'CONFIG_INVALID',
      `SERVERY_MODELS=${text} is not valid: a list such as keywords=KEYWORDS-COMPILED-1,sentiment=SENTIMENT-COMPILED-2, each version once.`,
    )
  return versions.map(([name, version]) => ({ name, version }))
}
