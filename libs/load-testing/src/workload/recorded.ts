/**
 * The requests that a model version was recorded with, from its file to exchanges. The file holds bodies of the native protocol,
 * which are sent as they are; nothing else in this library knows its format.
 */
import { readFileSync } from 'node:fs'
import { ServeryError } from '@servery/core'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Exchange } from './exchange.ts'

/** An entry without an answer would have nothing compared with it. */
const recordingSchema = Type.Array(Type.Object({ request: Type.Object({}), response: Type.Object({}) }), {
  minItems: 1,
})

/**
 * @param path of the endpoint that answers them
 * @throws ServeryError `CONFIG_INVALID` when the file is missing, is no such list or is empty
 */
export function readRecorded(file: string, path: string): Exchange[] {
  return readEntries(file).map(({ request, response }) => ({
    method: 'POST',
    path,
    body: JSON.stringify(request),
    expected: response,
  }))
}

function readEntries(file: string): Static<typeof recordingSchema> {
  const entries = parse(file)
  if (Value.Check(recordingSchema, entries)) return entries
  throw new ServeryError('CONFIG_INVALID', `${file} must be a list of {"request": {…}, "response": {…}}, one at least.`)
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new ServeryError(
      'CONFIG_INVALID',
      `The recorded answers ${file} cannot be read: get the model version first, with TASK=download-model.`,
      { cause: error },
    )
  }
}
