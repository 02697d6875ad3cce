/** A serve component on disk: its name, its configuration, and where the version that it serves lies. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type ConfigSource, type modelVariables, readVariable, ServeryError } from '@servery/core'
import type { Static } from 'typebox'
import { recordingsFile } from './layout.ts'

export interface ServeComponent {
  /** The model's name on the wire: the name of the package without its scope. */
  readonly name: string
  /** The folder that holds `package.json`, `config/` and `models/`. */
  readonly directory: string
}

/** The component that a folder belongs to: itself, or the nearest one above with a `package.json`. @throws ServeryError `CONFIG_INVALID` */
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
        `${folder} is in no serve component: no folder above has a package.json.`,
      )
  }
}

const DEFAULT_ENVIRONMENT = 'dev'
/** What every component has, with a file of its own or without. */
const ENVIRONMENTS = ['dev', 'ci', 'prod']

/**
 * Where the configuration of a component comes from: the process environment, then `config/<ENVIRONMENT>.env`, which says what
 * differs there, then `config/default.env`.
 *
 * @throws ServeryError `CONFIG_INVALID` when `ENVIRONMENT` names one that the component does not have
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
      `The configuration file ${own} does not exist: set ENVIRONMENT to one that does (${ENVIRONMENTS.join(', ')}).`,
    )
  return { environment, files, ...rest }
}

/** What a variable of a component is set to, unchecked; undefined where it is set nowhere, or to nothing. @throws ServeryError as `configSourceOf` */
export function variableOf(
  directory: string,
  name: string,
  environment: ConfigSource['environment'],
): string | undefined {
  return readVariable(name, configSourceOf(directory, environment))
}

/** A version that holds no artifact: its name says so, as in COUNT-CODE-1.0.0. */
export function isCodeOnly(version: string): boolean {
  return /-CODE-\d/.test(version)
}

type Config = Pick<Readonly<Static<typeof modelVariables>>, 'SERVERY_MODEL_DIRECTORY'>

/** The folder of a version of a component; of a version of code alone only results of tests are in it. */
export function versionDirectory(serveDirectory: string, version: string, config: Config): string {
  return path.resolve(serveDirectory, config.SERVERY_MODEL_DIRECTORY || path.join('models', version))
}

/** The recorded answers of a version: its own, or those of the component where it is code alone. */
export function recordingsOf(serveDirectory: string, directory: string): string {
  const ofVersion = recordingsFile(directory)
  const ofCode = path.join(serveDirectory, 'tests/predictions.json')
  return !existsSync(ofVersion) && existsSync(ofCode) ? ofCode : ofVersion
}
