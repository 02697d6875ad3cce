/** The execution providers of ONNX Runtime for a device, and the int8 support of the CPU. */
import { readFileSync } from 'node:fs'
import { ServeryError } from '@servery/core'

export type Device = 'cpu' | 'gpu' | 'neuron' | 'auto'
export type ExecutionProvider = 'cpu' | 'cuda'

/**
 * Providers to try for `device`, best first; the first one that can be opened is used.
 *
 * @throws ServeryError `MODEL_LOAD_FAILED` for a device that ONNX Runtime does not know
 */
export function providersOf(device: Device): readonly ExecutionProvider[] {
  if (device === 'cpu') return ['cpu']
  if (device === 'gpu') return ['cuda']
  if (device === 'auto') return ['cuda', 'cpu']
  throw new ServeryError(
    'MODEL_LOAD_FAILED',
    'The device neuron is set, but ONNX Runtime has no provider for it: set SERVERY_DEVICE to cpu, gpu or auto.',
  )
}

export interface Int8Support {
  /** Whether there is an instruction for 8-bit dot products; without it, int8 models are not faster than float32, often slower. */
  readonly vnni: boolean
  /** The relevant flags that were found: `avx512_vnni`, `avx_vnni`, `amx_int8`; on ARM `asimddp`, `i8mm`. */
  readonly flags: readonly string[]
}

const INT8_FLAGS = ['avx512_vnni', 'avx_vnni', 'amx_int8', 'asimddp', 'i8mm']

/** The int8 support of the CPU, from Linux's `/proc/cpuinfo`; none if that file does not exist. */
export function int8Support(cpuinfo: string = readCpuinfo()): Int8Support {
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? ''
  const present = new Set(line.trim().split(/\s+/))
  const flags = INT8_FLAGS.filter((flag) => present.has(flag))
  return { vnni: flags.length > 0, flags }
}

function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8')
  } catch {
    return ''
  }
}
