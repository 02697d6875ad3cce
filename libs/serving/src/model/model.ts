/** The contract that a project implements. Everything behind a protocol and above the runtime goes through these types. */
import type { ErrorCode, serverVariables } from '@servery/core'
import type { ModelCard } from '@servery/model-version'
import type { Static, TObject, TSchema } from 'typebox'

/** One unit of work: one input of a request with the settings that apply to it. */
export interface Item<Input = unknown, Configuration = unknown> {
  readonly input: Input
  readonly configuration: Configuration
  /** Which operation of the model is asked. */
  readonly operation: string
}

/** What `predict` of an operation answers for one item. */
export type ItemResult<Output = unknown> = ItemOutput<Output> | { readonly error: ItemError }

export interface ItemOutput<Output = unknown> {
  readonly output: Output
  /** The model read only the beginning of the text. */
  readonly truncated?: boolean
  /** What was consumed; absent where a model does not count. */
  readonly usage?: { readonly tokens: number }
}

export interface ItemError {
  readonly code: ErrorCode
  readonly detail: string
}

/** What every model is told beside its own params. */
export interface CommonSettings {
  readonly device: Static<typeof serverVariables>['SERVERY_DEVICE']
}

/** What `load` gets: where the version lies on this machine, its card, and its settings. */
export interface Artifacts<Params = Readonly<Record<string, unknown>>> {
  /** Absolute path of `model_artifacts/` of the version; empty for a model of code alone. */
  readonly directory: string
  readonly name: string
  readonly version: string
  readonly card: ModelCard
  readonly settings: CommonSettings & Readonly<Params>
}

/** `process`: in worker processes. `in-process`: in the API process, for inputs under 5 ms. `async`: waits on the network. */
export type RunnerKind = 'process' | 'in-process' | 'async'

/** How an operation looks on the wire, by the name of the protocol, which adds its own field to this type. */
export interface WireHints {
  readonly [protocol: string]: object | undefined
}

/** One thing that a model can be asked: its schemas, and what answers it. */
export interface Operation<
  Input extends TSchema = TSchema,
  Configuration extends TObject = TObject,
  Output extends TSchema = TSchema,
  Loaded = unknown,
> {
  readonly input: Input
  /** Every field is optional for callers; its default stands in the schema. */
  readonly configuration: Configuration
  readonly output: Output
  /** A request that works: shown and run in the docs, and answered by every worker process before it counts as loaded. */
  readonly example: {
    readonly configuration?: Partial<Static<Configuration>>
    readonly inputs: readonly Static<Input>[]
  }
  /** One sentence for the docs. */
  readonly summary?: string
  readonly wire?: WireHints
  /** One result per item, in order. `signal` aborts when every caller of the batch is gone (async runner only). */
  predict(
    items: readonly Item<Static<Input>, Static<Configuration>>[],
    loaded: Loaded,
    signal: AbortSignal,
  ): Promise<readonly ItemResult<Static<Output>>[]>
  /** Estimated work of one item, in tokens from characters: pure, under 10 µs. Default 1. */
  cost?(item: Item<Static<Input>, Static<Configuration>>): number
  /** Settings of item `index` of `count`, where a list-valued setting holds one value per item; throws `INVALID_INPUT`. */
  configure?(configuration: Static<Configuration>, index: number, count: number): Static<Configuration>
  /**
   * Refuses what the schemas cannot: throws a ServeryError, whose pointers begin with `/configuration` or, for the item's own
   * input, with `/input`. Runs in the API process, before admission: pure and cheap.
   */
  validate?(item: Item<Static<Input>, Static<Configuration>>): void
}

/** What a model is beside its operations. */
interface ModelFields<Loaded, Params extends TObject> {
  /** `import.meta.url` of the module whose default export this is: a worker process imports the model by it. */
  readonly module: string
  /** Default `process`. */
  readonly runner: RunnerKind
  /** The runner where it depends on the settings: a model that asks a service only if one is set. Wins over `runner`. */
  runnerFor?(settings: CommonSettings & Readonly<Static<Params>>): RunnerKind
  /** The project's own environment variables, `SERVERY_<PROJECT>_…`: read at start, given to `load` as its settings. */
  readonly params?: Params
  load(artifacts: Artifacts<Static<Params>>): Promise<Loaded>
  /** Why the model cannot answer now, in a sentence; readiness is refused with it. At once: from memory. */
  unavailableReason?(loaded: Loaded): string | undefined
  /** Largest cost of one batch; a single item above it goes alone. Default 1,024 where predict has a `cost`, 32 without. */
  readonly maxBatchCost?: number
  /** Further fields of the bio, `languages` included: what no model card says. */
  readonly bio?: Readonly<Record<string, unknown>>
}

/** A model: what can be asked of it, by name, with `predict` among them. All share queue, workers and limits. */
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
  /** Root of the version (`model_card.json` lies here); empty for a model of code alone. */
  readonly directory: string
  readonly card: ModelCard
  readonly settings: Artifacts['settings']
}

/** Routes and protocols use these words beside the names of operations. */
const RESERVED = ['predict', 'versions', 'bio']

/**
 * Makes a definition of the operation predict, written at the top level, and further `operations` by their names. The compiler
 * infers item, configuration and result types from the schemas.
 *
 * @throws Error when an operation has a reserved name
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
  const definition = { runner: 'process', ...fields, operations: { ...operations, predict: named } }
  return definition as ModelDefinition<L, P, Operation<I, C, O, L>>
}

/** An operation beside predict. `summary` stands in the docs. */
export function defineOperation<I extends TSchema, C extends TObject, O extends TSchema, L>(
  operation: Operation<I, C, O, L> & { readonly summary: string },
): Operation {
  return operation as unknown as Operation
}

/** undefined when the model has no such operation; names come from callers. */
export function operationOf({ operations }: ModelDefinition, name: string): Operation | undefined {
  return Object.hasOwn(operations, name) ? operations[name] : undefined
}
