/**
 * An ONNX Runtime session of an encoder: sets its options deliberately, checks inputs and outputs at load, and
 * checks the outputs of every run. The only file that imports onnxruntime-node.
 */
import { ServeryError } from '@servery/core'
import type { InferenceSession } from 'onnxruntime-node'
import { type Device, type ExecutionProvider, providersOf } from './device.ts'

/** The inputs and outputs of a graph. Every graph takes `input_ids` and `attention_mask`, int64 `[b, t]`. */
export interface GraphPorts {
  /** Additional inputs, int64 `[b, t]`. */
  readonly addedInputs?: readonly string[]
  /** The float32 output. */
  readonly output: string
  /** Whether the output is one vector per row, `[b, d]`, or one per token, `[b, t, d]`. */
  readonly per: 'row' | 'token'
}

/** Rows of tokens, padded at the end. */
export interface TokenBatch {
  /** `[b, t]` int64, row-major, by the name of the input. `input_ids`: 0 is padding. `attention_mask`: 1 token, 0 padding. */
  readonly feeds: Readonly<Record<string, BigInt64Array>>
  readonly rows: number
  readonly width: number
}

export interface EncoderSession {
  /** Length of a vector (d). */
  readonly dimensions: number
  readonly per: GraphPorts['per']
  readonly provider: ExecutionProvider
  /**
   * `[b, d]` or `[b, t, d]` float32, row-major, all finite.
   *
   * @throws ServeryError `INFERENCE_FAILED` if the runtime fails, or returns another shape or a number that is not finite
   */
  run(batch: TokenBatch): Promise<Float32Array>
  release(): Promise<void>
}

export interface SessionOptions {
  /** Default `cpu`. */
  readonly device?: Device
  /** Threads inside one operator; default 1, because throughput comes from worker processes. */
  readonly threads?: number
}

/**
 * Opens a graph.
 *
 * @throws ServeryError `MODEL_LOAD_FAILED` if the file, the device, or inputs and outputs of the graph are not as expected
 */
export async function openSession(
  file: string,
  ports: GraphPorts,
  { device = 'cpu', threads = 1 }: SessionOptions,
): Promise<EncoderSession> {
  const providers = providersOf(device)
  // Imported here and not above: API processes import model modules and must not load native code.
  const { env, InferenceSession, Tensor } = await import('onnxruntime-node')
  env.logLevel = 'fatal' // for messages outside a session, such as a missing provider; see logSeverityLevel
  const { session, provider } = await firstThatOpens(providers, (name) =>
    InferenceSession.create(file, sessionOptions(name, threads)),
  )
  const dimensions = checkPorts(session.inputMetadata, session.outputMetadata, ports)
  return {
    dimensions,
    per: ports.per,
    provider,
    async run({ feeds, rows, width }) {
      const tensors = Object.entries(feeds).map(([name, data]) => [name, new Tensor('int64', data, [rows, width])])
      const outputs = await session.run(Object.fromEntries(tensors)).catch((cause: unknown) => {
        throw new ServeryError('INFERENCE_FAILED', 'The model failed on a batch.', { cause })
      })
      const shape = ports.per === 'row' ? [rows, dimensions] : [rows, width, dimensions]
      return checkedAnswer(outputs[ports.output], shape)
    },
    release: () => session.release(),
  }
}

function sessionOptions(provider: ExecutionProvider, threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // The arena keeps buffers between runs. Memory patterns are planned per input shape, but shapes hardly ever repeat.
    // Measured on 60 shapes of 512 tokens (MiniLM int8, one thread, AMD EPYC, 2026-11): 20.9 ms per run and 148 MB
    // resident; with patterns 23.2 ms, without the arena 22.0 ms and 159 to 231 MB.
    enableCpuMemArena: true,
    enableMemPattern: false,
    // Threads that spin while waiting take CPU from other workers.
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    // Fatal only: everything else is thrown as an exception, and standard output must hold only JSON lines.
    logSeverityLevel: 4,
  }
}

async function firstThatOpens(
  providers: readonly ExecutionProvider[],
  open: (provider: ExecutionProvider) => Promise<InferenceSession>,
): Promise<{ session: InferenceSession; provider: ExecutionProvider }> {
  let cause: unknown
  for (const provider of providers) {
    try {
      return { session: await open(provider), provider }
    } catch (error) {
      cause = error
    }
  }
  throw new ServeryError('MODEL_LOAD_FAILED', openingFailure(providers), { cause })
}

function openingFailure(providers: readonly ExecutionProvider[]): string {
  return providers.includes('cpu')
    ? 'model.onnx of the model version cannot be opened.'
    : 'The device gpu is set, but ONNX Runtime cannot open its CUDA provider: use an image and a machine with CUDA, or set SERVERY_DEVICE to cpu or auto.'
}

type Metadata = readonly InferenceSession.ValueMetadata[]

/**
 * Checks names, types and ranks of a graph's inputs and outputs.
 *
 * @returns length of a vector: the last dimension of the output
 * @throws ServeryError `MODEL_LOAD_FAILED` naming what was found
 */
export function checkPorts(inputs: Metadata, outputs: Metadata, { addedInputs = [], output, per }: GraphPorts): number {
  const named = (metadata: Metadata, name: string, type: string, rank: number) =>
    metadata.find((port) => port.isTensor && port.name === name && port.type === type && port.shape.length === rank)
  const answer = named(outputs, output, 'float32', per === 'row' ? 2 : 3)
  const dimensions = answer?.isTensor ? answer.shape.at(-1) : undefined
  const taken = ['input_ids', 'attention_mask', ...addedInputs]
  const inputsMatch = inputs.length === taken.length && taken.every((name) => named(inputs, name, 'int64', 2))
  if (!inputsMatch || typeof dimensions !== 'number') {
    throw new ServeryError(
      'MODEL_LOAD_FAILED',
      `model.onnx has the inputs ${describePorts(inputs)} and outputs ${describePorts(outputs)}, expected ` +
        `${taken.map((name) => `${name} int64 [b,t]`).join(', ')} and ${output} float32 ${per === 'row' ? '[b,<number>]' : '[b,t,<number>]'}.`,
    )
  }
  return dimensions
}

function describePorts(metadata: Metadata): string {
  return metadata.map((port) => (port.isTensor ? `${port.name} ${port.type} [${port.shape}]` : port.name)).join(', ')
}

/**
 * Checks an output and returns its numbers.
 *
 * @param output the output of the runtime with the expected name
 * @returns float32, row-major
 * @throws ServeryError `INFERENCE_FAILED` if the type or shape is wrong, or a number is not finite
 */
export function checkedAnswer(
  output: { readonly data: unknown; readonly dims: readonly number[] } | undefined,
  shape: readonly number[],
): Float32Array {
  const data = output?.data
  if (!(data instanceof Float32Array) || output?.dims.join() !== shape.join()) {
    const found = output === undefined ? 'nothing' : `[${output.dims}]`
    throw new ServeryError('INFERENCE_FAILED', `The model returned ${found}, expected float32 [${shape}].`)
  }
  if (!data.every(Number.isFinite)) {
    throw new ServeryError('INFERENCE_FAILED', 'The model returned a number that is not finite.')
  }
  return data
}
