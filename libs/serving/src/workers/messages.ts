/**
 * The messages between the API process and a worker process. Each is answered before the next one is sent. Every message
 * names its model and version, because a worker hosts several.
 */
import type { Item, ItemResult, ModelInstance } from '../model/model.ts'
import type { VersionKey } from '../model/version-key.ts'

/** An instance without its code: the worker imports the definition from `module`. */
export type InstanceDescription = Omit<ModelInstance, 'definition' | 'checkContent'> & { readonly module: string }

export type ToWorker =
  /** `measure`: collect garbage before and after, and report the memory that the version takes. */
  | { readonly type: 'load'; readonly instance: InstanceDescription; readonly measure: boolean }
  | (VersionKey & { readonly type: 'unload' })
  | (VersionKey & { readonly type: 'predict'; readonly items: readonly Item[] })

export type FromWorker =
  /** `memoryBytes`: private memory; undefined if it was not measured. */
  | (VersionKey & { readonly type: 'loaded'; readonly memoryBytes: number | undefined })
  | (VersionKey & { readonly type: 'load-failed'; readonly detail: string })
  | (VersionKey & { readonly type: 'unloaded' })
  | (VersionKey & { readonly type: 'predicted'; readonly results: readonly ItemResult[]; readonly inferenceMs: number })
