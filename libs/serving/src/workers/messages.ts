/**
 * The messages between the API process and a worker process. Every message names its model and version, so
 * that a worker can host several.
 */
import type { Item, ItemResult, ModelInstance } from '../model/model.ts'

export interface VersionKey {
  readonly name: string
  readonly version: string
}

/** An instance without its code: the worker imports the definition from `module`. */
export type InstanceDescription = Omit<ModelInstance, 'definition'> & { readonly module: string }

export type ToWorker =
  | { readonly type: 'load'; readonly instance: InstanceDescription }
  | (VersionKey & { readonly type: 'predict'; readonly items: readonly Item[] })

export type FromWorker =
  | (VersionKey & { readonly type: 'loaded' })
  | (VersionKey & { readonly type: 'load-failed'; readonly detail: string })
  | (VersionKey & { readonly type: 'predicted'; readonly results: readonly ItemResult[]; readonly inferenceMs: number })
