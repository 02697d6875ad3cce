/** The contract that a project implements: model definitions, operations, items and results, independent of protocol and runtime. */
import type { ErrorCode, serverVariables } from '@servery/core'
import type { ModelCard } from '@servery/model-version'
import type { Static, TObject, TSchema } from '@servery/schema'

/** One unit of work: one input of a request with the settings that apply to it. */
export interface Item<Input = unknown, Configuration = unknown> {
  readonly input: Input
  readonly configuration: Configuration
  /** Name of the operation. */
  readonly operation: string
}

/** What `predict` of an operation returns for one item. */
export type ItemResult<Output = unknown> = ItemOutput<Output> | { readonly error: ItemError }

export interface ItemOutput<Output = unknown> {
  readonly output: Output
  /** True if the model read only the beginning of the text. */
  readonly truncated?: boolean
  /** Consumed tokens; undefined if the model does not count them. */
  readonly usage?: { readonly tokens: number }
}

export interface ItemError {
  readonly code: ErrorCode
  readonly detail: string
}

/** Settings of every model, in addition to its own params. */
export interface CommonSettings {
  readonly device: Static<typeof serverVariables>['SERVERY_DEVICE']
}

/** The argument of `load`: the folder of the version on this machine, its card, and its settings. */
export interface Artifacts<Params = Readonly<Record<string, unknown>>> {
  /** Absolute path of `model_artifacts/` of the version; empty for a code-only version. */
  readonly directory: string
  readonly name: string
  readonly version: string
  readonly card: ModelCard
  readonly settings: CommonSettings & Readonly<Params>
  /** Registers what has to be released when the version is unloaded: sessions, timers, connections. The last one registered is released first. */
  onUnload(release: () => void | Promise<void>): void
}

/** `process`: in worker processes. `in-process`: in the API process, for inputs that take under 5 ms. `async`: in the API process, waiting on the network. */
export type RunnerKind = 'process' | 'in-process' | 'async'

/** Options for the wire format of an operation, by protocol name; each protocol adds its own field to this type. */
export interface WireHints {
  readonly [protocol: string]: object | undefined
}

/** One operation of a model: its schemas and its implementation. */
export interface Operation<
  Input extends TSchema = TSchema,
  Configuration extends TObject = TObject,
  Output extends TSchema = TSchema,
  Loaded = unknown,
> {
  readonly input: Input
  /** Every field is optional in requests; the schema holds its default. */
  readonly configuration: Configuration
  readonly output: Output
  /** A valid request: shown in the docs, and run by every worker process before it counts as loaded. */
  readonly example: {
    readonly configuration?: Partial<Static<Configuration>>
    readonly inputs: readonly Static<Input>[]
  }
  /** One sentence for the docs. */
  readonly summary?: string
  readonly wire?: WireHints
  /** One result per item, in order. `signal` aborts when the result is no longer needed (async runner only). */
  predict(
    items: readonly Item<Static<Input>, Static<Configuration>>[],
    loaded: Loaded,
    signal: AbortSignal,
  ): Promise<readonly ItemResult<Static<Output>>[]>
  /** Estimated cost of one item in tokens, from the length of its text: pure, under 10 µs. Default 1. */
  cost?(item: Item<Static<Input>, Static<Configuration>>): number
  /** Settings of item `index` of `count`, for settings that can hold a list with one value per item; throws `INVALID_INPUT`. */
  configure?(configuration: Static<Configuration>, index: number, count: number): Static<Configuration>
  /**
   * Checks what schemas cannot express: throws a ServeryError whose pointers begin with `/configuration` or, for the item's own
   * input, with `/input`. Runs in the API process, before admission: pure and cheap.
   */
  validate?(item: Item<Static<Input>, Static<Configuration>>): void
}

/** The fields of a model apart from its operations. */
interface ModelFields<Loaded, Params extends TObject> {
  /** `import.meta.url` of the module whose default export this is: worker processes import it. */
  readonly module: string
  /** Default `process`. */
  readonly runner: RunnerKind
  /** `shared`, the default: in the workers that all versions share. `dedicated`: in workers of its own, as many again. */
  readonly isolation?: 'shared' | 'dedicated'
  /** Chooses the runner by the settings, for example if a model calls a service only when one is set. Takes precedence over `runner`. */
  runnerFor?(settings: CommonSettings & Readonly<Static<Params>>): RunnerKind
  /** The project's own environment variables, `SERVERY_<PROJECT>_…`: read at start, passed to `load` as settings. */
  readonly params?: Params
  load(artifacts: Artifacts<Static<Params>>): Promise<Loaded>
  /** Why the model cannot answer now, in a sentence that readiness shows. Must be answered from memory. */
  unavailableReason?(loaded: Loaded): string | undefined
  /** Largest cost of one batch; an item above it is run alone. Default 1,024 if predict has a `cost`, else 32. */
  readonly maxBatchCost?: number
  /** Additional fields of `/bio`, for example `languages` of a model without card. */
  readonly bio?: Readonly<Record<string, unknown>>
}

/** A model: its operations by name, including `predict`. They share queue, workers and limits. */
export interface ModelDefinition<
  Loaded = unknown,
  Params extends TObject = TObject,
  Predict extends Operation<TSchema, TObject, TSchema, Loaded> = Operation<TSchema, TObject, TSchema, Loaded>,
> extends ModelFields<Loaded, Params> {
  readonly operations: Readonly<Record<string, Operation>> & { readonly predict: Predict }
}

/** A definition bound to a version on disk. */
export interface ModelInstance {
  readonly definition: ModelDefinition
  readonly name: string
  readonly version: string
  /** The folder of the version, which holds `model_card.json`; empty for a code-only version. */
  readonly directory: string
  readonly card: ModelCard
  readonly settings: Artifacts['settings']
  /** SHA-256 of its manifest, in hexadecimal; undefined for a code-only version. */
  readonly digest?: string
  /** Called before and after the version is loaded once more. @throws ServeryError `VERSION_CONFLICT` if its folder has other content by now */
  checkContent?(): Promise<void>
}

/** Names that routes and protocols use next to the names of operations. */
const RESERVED = ['predict', 'versions', 'bio']

/**
 * Defines a model: the fields of `predict` are written at the top level, further `operations` by name. The compiler
 * infers item, configuration and result types from the schemas.
 *
 * @throws Error if an operation has a reserved name
 */
export function defineModel<I extends TSchema, C extends TObject, O extends TSchema, L, P extends TObject = TObject>({
  input,
  configuration,
  output,
  example,
  summary,
  wire,
  predict,
  cost,
  configure,
  validate,
  operations = {},
  ...fields
}: Operation<I, C, O, L> &
  Omit<ModelFields<L, P>, 'runner'> & {
    readonly runner?: RunnerKind
    readonly operations?: Record<string, Operation>
  }) {
  const reserved = Object.keys(operations).find((name) => RESERVED.includes(name))
  if (reserved !== undefined) throw new Error(`An operation cannot be called '${reserved}'.`)
  const optional = { summary, wire, cost, configure, validate }
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined))
  const named = { input, configuration, output, example, predict, ...given } as Operation<I, C, O, L>
  const definition = { runner: 'process', ...fields, operations: { predict: named, ...operations } }
  return definition as ModelDefinition<L, P, Operation<I, C, O, L>>
}

/** Defines an operation other than predict. `summary` is shown in the docs. */
export function defineOperation<I extends TSchema, C extends TObject, O extends TSchema, L>(
  operation: Operation<I, C, O, L> & { readonly summary: string },
): Operation {
  return operation as unknown as Operation
}

/** The operation with this name, which may come from a request; undefined if the model does not have it. */
export function operationOf({ operations }: ModelDefinition, name: string): Operation | undefined {
  return Object.hasOwn(operations, name) ? operations[name] : undefined
}
