/** The contract that a project implements. Everything below the wire and above the runtime goes through these types. */
import type { ErrorCode, serverVariables } from '@servery/core'
import type { ModelCard } from '@servery/model-version'
import type { Static, TObject, TSchema } from 'typebox'

/** One unit of work: one input of a request with the settings that apply to it. */
export interface Item<Input = unknown, Configuration = unknown> {
  readonly input: Input
  readonly configuration: Configuration
  /** Which further operation of the model was asked; absent for predict. */
  readonly operation?: string
}

/** What `predict` answers for one item. A failed item fails its own request and no other. */
export type ItemResult<Output = unknown> =
  | { readonly output: Output /** The model read only the beginning of the text. */; readonly truncated?: boolean }
  | { readonly error: { readonly code: ErrorCode; readonly detail: string } }

/** What every model is told beside its own params. */
export interface CommonSettings {
  readonly device: Static<typeof serverVariables>['SERVERY_DEVICE']
}

/** What `load` gets: where the version lies on this machine, its card, and its settings. */
export interface Artifacts<Params = Readonly<Record<string, unknown>>> {
  /** Absolute path of `model_artifacts/` of the version; empty for a code-only model. */
  readonly directory: string
  readonly name: string
  readonly version: string
  readonly card: ModelCard
  readonly settings: CommonSettings & Readonly<Params>
}

/** `process`: in worker processes. `in-process`: in the API process, for inputs under 5 ms. `async`: waits on the network. */
export type RunnerKind = 'process' | 'in-process' | 'async'

/**
 * How a request holds its inputs and how one input is answered:
 * `list` takes a list only; `wrapped` takes one object and answers `{outputs: content}`; `bare` answers the content itself.
 * A list is always answered by `{outputs: [content, …]}`.
 * `together` takes a list that is one item as a whole, with `input` as the schema of the list, and answers the content itself.
 */
export type BodyShape = 'list' | 'wrapped' | 'bare' | 'together'

/** One thing that a model can be asked: its schemas, and what answers it. */
export interface Operation<
  Input extends TSchema = TSchema,
  Configuration extends TObject = TObject,
  Output extends TSchema = TSchema,
  Loaded = unknown,
> {
  readonly body: BodyShape
  /** Takes a body with the fields of input and configuration side by side too, for one input: `{content, lang}`. */
  readonly flat?: boolean
  readonly input: Input
  /** Every field is optional on the wire; its default stands in the schema. */
  readonly configuration: Configuration
  readonly output: Output
  /** A request body that works; shown and run in the docs, and used to warm up. */
  readonly example: {
    readonly configuration?: Partial<Static<Configuration>>
    readonly inputs: Static<Input> | readonly Static<Input>[]
  }
  /** One result per item, in order. `signal` aborts when every caller of the batch has left (async runner only). */
  predict(
    items: readonly Item<Static<Input>, Static<Configuration>>[],
    loaded: Loaded,
    signal: AbortSignal,
  ): Promise<readonly ItemResult<Static<Output>>[]>
  /** Estimated work of one item, in tokens from characters: pure, under 10 µs. Default 1. */
  cost?(item: Item<Static<Input>, Static<Configuration>>): number
  /** Settings of item `index` of `count`, where a list-valued setting holds one value per item; throws `INVALID_INPUT`. */
  configure?(configuration: Static<Configuration>, index: number, count: number): Static<Configuration>
  /** Refuses what the schemas cannot: throws a ServeryError. Runs in the API process, before admission: pure and cheap. */
  validate?(item: Item<Static<Input>, Static<Configuration>>): void
}

/** An operation beside predict. `summary` stands in the docs. */
export type FurtherOperation = Operation & { readonly summary: string }

export interface ModelDefinition<
  Input extends TSchema = TSchema,
  Configuration extends TObject = TObject,
  Output extends TSchema = TSchema,
  Loaded = unknown,
  Params extends TObject = TObject,
> extends Operation<Input, Configuration, Output, Loaded> {
  /** `import.meta.url` of the module whose default export this is: a worker process imports the model by it. */
  readonly module: string
  readonly runner: RunnerKind
  /** The runner where it depends on the settings: a model that asks a service only if one is set. Wins over `runner`. */
  runnerFor?(settings: CommonSettings & Readonly<Static<Params>>): RunnerKind
  /** The project's own environment variables, `SERVERY_<PROJECT>_…`: read at start, given to `load` as its settings. */
  readonly params?: Params
  load(artifacts: Artifacts<Static<Params>>): Promise<Loaded>
  /** What the model cannot do without and does not have now, in a sentence; readiness is refused with it. At once: from memory. */
  missing?(loaded: Loaded): string | undefined
  /** Largest cost of one batch; a single item above it goes alone. Default 1,024 with `cost`, 32 without. */
  readonly maxBatchCost?: number
  /** By the last segment of their route, `POST /v1/model/<name>/<key>`. Their items share queue, workers and limits with predict. */
  readonly operations?: Readonly<Record<string, FurtherOperation>>
  /** Further fields of the bio, `languages` included: what no model card says. */
  readonly bio?: Readonly<Record<string, unknown>>
}

/** A definition bound to a version on disk. */
export interface ModelInstance {
  readonly definition: ModelDefinition
  readonly name: string
  readonly version: string
  /** Root of the version (`model_card.json` lies here); empty for a code-only model. */
  readonly directory: string
  readonly card: ModelCard
  readonly settings: Artifacts['settings']
}

/** Optional members of a definition with their defaults. */
type Defaulted = 'runner' | 'body'

/** Checks nothing at run time: it exists so that the compiler infers item, configuration and result types from the schemas. */
export function defineModel<I extends TSchema, C extends TObject, O extends TSchema, L, P extends TObject = TObject>(
  definition: Omit<ModelDefinition<I, C, O, L, P>, Defaulted> &
    Partial<Pick<ModelDefinition<I, C, O, L, P>, Defaulted>>,
): ModelDefinition<I, C, O, L, P> {
  return { runner: 'process', body: 'wrapped', ...definition }
}

/** The same for an operation beside predict. */
export function defineOperation<I extends TSchema, C extends TObject, O extends TSchema, L>(
  operation: Operation<I, C, O, L> & { readonly summary: string },
): FurtherOperation {
  return operation as unknown as FurtherOperation
}

/** What answers an item: the definition itself for predict. @param name of a further operation of the definition */
export function operationOf(definition: ModelDefinition, name: string | undefined): Operation {
  return name === undefined ? definition : (definition.operations?.[name] as FurtherOperation)
}
