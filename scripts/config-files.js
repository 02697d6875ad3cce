// Reads the configuration files of a project, for scripts that must run without an install. The value in one environment is read
// by `variableOf` of libs/model-version, and in shell scripts by docker/config.sh.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'

/**
 * @param {string} serve folder of the serve component
 * @param {string} variable
 * @returns {string[]} all its values in the files of all environments
 */
export function valuesOf(serve, variable) {
  const config = path.join(serve, 'config')
  const files = readdirSync(config).filter((file) => file.endsWith('.env'))
  const values = files.map((file) => parseEnv(readFileSync(path.join(config, file), 'utf8'))[variable])
  return [...new Set(values.filter(Boolean))]
}
