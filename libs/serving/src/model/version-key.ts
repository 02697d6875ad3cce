/** The name of a model and of its version, as one key of maps. */
import type { ModelInstance } from './model.ts'

export type VersionKey = Pick<ModelInstance, 'name' | 'version'>

/** Names hold no spaces. */
export function keyOf({ name, version }: VersionKey): string {
  return `${name} ${version}`
}
