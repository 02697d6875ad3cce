/** What crosses between the API process and a worker process. Messages name the instance, so that a worker can host several. */
import type { Item, ItemResult, ModelInstance } from '../model/model.ts'

/** An instance without its code: the worker imports the definition from `module`. */
export type InstanceDescription = Omit<ModelInstance, 'definition'> & { readonly module: string }

export type ToWorker =
  | { readonly type: 'load'; readonly instance: InstanceDescription }
  | { readonly type: 'predict'; readonly version: string; readonly items: readonly Item[] }

export type FromWorker =
  | { readonly type: 'loaded' }
  | { readonly type: 'load-failed'; readonly detail: string }
  | { readonly type: 'predicted'; readonly results: readonly ItemResult[]; readonly inferenceMs: number }
