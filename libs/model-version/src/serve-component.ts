/** A serve component on disk: its name, its configuration, and the folder of the version that it serves. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type ConfigSource, type modelVariables, readVariable, ServeryError } from '@servery/core'
import type { Static } from '@servery/schema'
import { recordingsFile } from './layout.ts'

export interface ServeComponent {
  /** The name of the model in routes: the name of the package without its scope. */
  readonly name: string
  /** The folder that holds `package.json`, `config/` and `models/`. */
  readonly directory: string
}

/** The component that a folder belongs to: the folder itself, or its nearest parent with a `package.json`. @throws ServeryError `CONFIG_INVALID` */
export function serveComponentAt(folder: string): ServeComponent {
  for (let directory = path.resolve(folder); ; directory = path.dirname(directory)) {
    const file = path.join(directory, 'package.json')
    if (existsSync(file)) {
      const { name } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string }
      return { name: (name ?? path.basename(directory)).replace(/^@[^/]+\//, ''), directory }
    }
    if (directory === path.dirname(directory))
      throw new ServeryError(
        'CONFIG_INVALID',
        `${folder} is not inside a serve component: none of its parent folders has a package.json.`,
      )
  }
}

const DEFAULT_ENVIRONMENT = 'dev'
/** Environments of every component; their configuration files are optional. */
const ENVIRONMENTS = ['dev', 'ci', 'prod']

/**
 * The sources of a component's configuration: the process environment, then `config/<ENVIRONMENT>.env` with what
 * differs in that environment, then `config/default.env`.
 *
 * @throws ServeryError `CONFIG_INVALID` if the component does not have the environment that `ENVIRONMENT` names
 */
export function configSourceOf(
  directory: string,
  environment: ConfigSource['environment'],
  rest: Omit<ConfigSource, 'environment' | 'files'> = {},
): ConfigSource {
  const name = environment.ENVIRONMENT || DEFAULT_ENVIRONMENT
  const [own, shared] = [name, 'default'].map((file) => path.join(directory, 'config', `${file}.env`)) as [
    string,
    string,
  ]
  const files = [own, shared].filter((file) => existsSync(file))
  if (!files.includes(own) && !(files.includes(shared) && ENVIRONMENTS.includes(name)))
    throw new ServeryError(
      'CONFIG_INVALID',
      `The configuration file ${own} does not exist: set ENVIRONMENT to one of ${ENVIRONMENTS.join(', ')}.`,
    )
  return { environment, files, ...rest }
}

/** The value of a variable of a component, unchecked; undefined if it is not set or empty. @throws ServeryError as `configSourceOf` */
export function variableOf(
  directory: string,
  name: string,
  environment: ConfigSource['environment'],
): string | undefined {
  return readVariable(name, configSourceOf(directory, environment))
}

/** Whether a version has no artifacts, which its name tells: for example COUNT-CODE-1.0.0. */
export function isCodeOnly(version: string): boolean {
  return /-CODE-\d/.test(version)
}

type Config = Pick<Readonly<Static<typeof modelVariables>>, 'SERVERY_MODEL_DIRECTORY'>

/** The folder of a version of a component; that of a code-only version holds only test results. */
export function versionDirectory(serveDirectory: string, version: string, config: Config): string {
  return path.resolve(serveDirectory, config.SERVERY_MODEL_DIRECTORY || path.join('models', version))
}

/** The recorded answers of a version; those of a code-only version belong to the component. */
export function recordingsOf(serveDirectory: string, directory: string): string {
  const inVersion = recordingsFile(directory)
  const inComponent = path.join(serveDirectory, 'tests/predictions.json')
  return !existsSync(inVersion) && existsSync(inComponent) ? inComponent : inVersion
}
