/**
 * Recorded answers: requests with the outputs that a version gave when it was compiled. They are in one file,
 * `test_files/predictions.json`, in the canonical form of a call, which is the same for all protocols.
 */
import { existsSync, readFileSync } from 'node:fs'
import { type Static, Type, Value } from '@servery/schema'
import { modelLoadFailed } from './errors.ts'

const configuration = Type.Record(Type.String(), Type.Unknown())

const recordedRequest = Type.Object({
  /** Default `predict`. */
  operation: Type.Optional(Type.String()),
  configuration: Type.Optional(configuration),
  inputs: Type.Array(Type.Unknown(), { minItems: 1 }),
})
const recording = Type.Object({
  ...recordedRequest.properties,
  /** One per input, in order. */
  outputs: Type.Array(Type.Unknown(), { minItems: 1 }),
})

/** One request with one output per input. */
export interface Recording extends RecordedRequest {
  readonly outputs: readonly unknown[]
}

export interface RecordedRequest {
  readonly operation: string
  readonly configuration: Readonly<Record<string, unknown>>
  readonly inputs: readonly unknown[]
}

/**
 * The format before 0.2: bodies of the native protocol, always of predict. Such files stay valid,
 * because the content of a version never changes.
 */
const bodies = Type.Object({
  request: Type.Object({ configuration: Type.Optional(configuration), inputs: Type.Unknown() }),
  response: Type.Unknown(),
})

/**
 * Reads a file of recordings.
 *
 * @returns empty if there is no such file
 * @throws ServeryError `MODEL_LOAD_FAILED` unless it is a list of recordings, each with as many outputs as inputs
 */
export function readRecordings(file: string): Recording[] {
  if (!existsSync(file)) return []
  return readList(file).map((entry, index) => recordingFrom(entry, `${file}, entry ${index}`))
}

/** Reads `requests.json`, the requests whose answers are to be recorded. @throws ServeryError `MODEL_LOAD_FAILED` unless there is one at least */
export function readRecordedRequests(file: string): RecordedRequest[] {
  const entries = readList(file)
  if (entries.length === 0) throw modelLoadFailed(`${file} holds no request to record.`)
  return entries.map((entry, index) => {
    if (Value.Check(recordedRequest, entry)) return requestFrom(entry)
    if (Value.Check(bodies.properties.request, entry)) return requestFrom(entry)
    throw modelLoadFailed(`${file}, entry ${index} is not a request with a list of inputs.`)
  })
}

function readList(file: string): unknown[] {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw modelLoadFailed(`${file} is missing or not valid JSON.`, error)
  }
  if (Array.isArray(content)) return content
  throw modelLoadFailed(`${file} is not a list.`)
}

function recordingFrom(entry: unknown, place: string): Recording {
  const found = Value.Check(recording, entry)
    ? { ...requestFrom(entry), outputs: entry.outputs }
    : Value.Check(bodies, entry)
      ? { ...requestFrom(entry.request), outputs: outputsFrom(entry) }
      : undefined
  if (found && found.outputs.length === found.inputs.length) return found
  throw modelLoadFailed(`${place} is not a recording: it must have inputs and the same number of outputs.`)
}

function requestFrom({
  operation = 'predict',
  configuration = {},
  inputs,
}: {
  operation?: string
  configuration?: Record<string, unknown>
  inputs: unknown
}): RecordedRequest {
  return { operation, configuration, inputs: Array.isArray(inputs) ? inputs : [inputs] }
}

const wrapper = Type.Object({ outputs: Type.Unknown() }, { additionalProperties: false })

/** A list was answered with `{outputs: […]}`, a single input with `{outputs: content}` or with the content itself. */
function outputsFrom({ request, response }: Static<typeof bodies>): unknown[] {
  const wrapped = Value.Check(wrapper, response) ? response.outputs : undefined
  if (Array.isArray(request.inputs)) return Array.isArray(wrapped) ? wrapped : []
  return [wrapped === undefined ? response : wrapped]
}
