/** The version that the tests of this folder read: the real artifact, in process. */
import { readFileSync } from 'node:fs'
import path from 'node:path'

const SERVE = path.join(import.meta.dirname, '../..')
export const VERSION = readFileSync(path.join(SERVE, 'config/dev.env'), 'utf8').match(
  /^SERVERY_MODEL_VERSION=(.+)$/m,
)?.[1] as string
export const DIRECTORY = process.env.SERVERY_MODEL_DIRECTORY || path.join(SERVE, 'models', VERSION)
export const readJson = (file: string): unknown => JSON.parse(readFileSync(path.join(DIRECTORY, file), 'utf8'))
