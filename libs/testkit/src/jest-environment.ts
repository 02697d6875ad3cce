/**
 * Jest runs tests in a realm of its own, whose typed-array constructors are not those that native addons know:
 * onnxruntime-node would refuse every tensor. This environment shares the outer realm's constructors.
 */
import { TestEnvironment } from 'jest-environment-node'

const SHARED = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
] as const

export default class SharedTypedArraysEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup()
    const outer = globalThis as unknown as Record<string, unknown>
    for (const name of SHARED) (this.global as unknown as Record<string, unknown>)[name] = outer[name]
  }
}
