/** The version that the tests of this folder read: the real artifact, in process. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { modelVersionOf } from '@servery/testkit'

const SERVE = path.join(import.meta.dirname, '../..')
export const VERSION = modelVersionOf(SERVE)
export const DIRECTORY = process.env.SERVERY_MODEL_DIRECTORY || path.join(SERVE, 'models', VERSION)
export const readJson = (file: string): unknown => JSON.parse(readFileSync(path.join(DIRECTORY, file), 'utf8'))
