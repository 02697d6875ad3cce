/** The recorded answers of a model version as exchanges of the native protocol. */
import { ServeryError } from '@servery/core'
import { readRecordings } from '@servery/model-version'
import { encodeRequest, encodeResponse, type ModelDefinition, operationOf } from '@servery/serving'
import type { Exchange } from './exchange.ts'

/**
 * @param base path of the model's routes, `/v1/model/<name>`
 * @throws ServeryError `CONFIG_INVALID` if there are no recordings, or one is of an operation that the model does not have;
 *   `MODEL_LOAD_FAILED` for a file that holds anything else
 */
export function readRecorded(file: string, definition: ModelDefinition, base: string): Exchange[] {
  const recordings = readRecordings(file)
  if (recordings.length === 0)
    throw new ServeryError(
      'CONFIG_INVALID',
      `There are no recorded answers in ${file}: download the model version first, with TASK=download-model.`,
    )
  return recordings.map((recording) => {
    const operation = operationOf(definition, recording.operation)
    if (operation === undefined)
      throw new ServeryError(
        'CONFIG_INVALID',
        `${file} has a recording of the operation '${recording.operation}', which the model does not have.`,
      )
    const body = encodeRequest(operation, recording)
    return {
      method: 'POST',
      path: `${base}/${recording.operation}`,
      body: JSON.stringify(body),
      expected: encodeResponse(operation, body, recording.outputs),
    }
  })
}
