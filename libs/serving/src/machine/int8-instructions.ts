/**
 * Detects the CPU instructions for int8 models. On x86 without VNNI, ONNX Runtime adds pairs of products in 16
 * bits, which can saturate: answers of an int8 model then differ slightly, and take longer.
 * Source: https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html#when-and-why-do-i-need-to-try-u8u8
 */
import { readText } from './available-cpus.ts'

export const INT8_INSTRUCTIONS = ['vnni', 'dot-product', 'none', 'unknown'] as const
export type Int8Instructions = (typeof INT8_INSTRUCTIONS)[number]

/** @param cpuInfo the text of /proc/cpuinfo, undefined if it does not exist */
export function int8Instructions(
  architecture: string = process.arch,
  cpuInfo = readText('/proc/cpuinfo'),
): Int8Instructions {
  const flags = cpuInfo?.match(/^(?:flags|Features)\s*:(.*)$/m)?.[1]
  if (flags === undefined) return 'unknown'
  if (architecture === 'x64') return /\b(avx512_vnni|avx_vnni|amx_int8)\b/.test(flags) ? 'vnni' : 'none'
  if (architecture === 'arm64') return /\basimddp\b/.test(flags) ? 'dot-product' : 'none'
  return 'unknown'
}
