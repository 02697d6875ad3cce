/** A model definition with its loaded state. Guarantees one checked result per item, whatever the model does. */
import { isServeryError } from '@servery/core'
import { Compile, type Validator } from '@servery/schema'
import type { Artifacts, Item, ItemResult, ModelDefinition, Operation } from './model.ts'

type Release = () => void | Promise<void>

/** Validators of outputs, which all versions with the same definition share. */
const validators = new WeakMap<Operation, Validator>()

function validatorOf(operation: Operation): Validator {
  const known = validators.get(operation) ?? Compile(operation.output)
  validators.set(operation, known)
  return known
}

export class LoadedModel {
  readonly #definition: ModelDefinition
  readonly #loaded: unknown
  readonly #releases: readonly Release[]

  private constructor(definition: ModelDefinition, loaded: unknown, releases: readonly Release[]) {
    this.#definition = definition
    this.#loaded = loaded
    this.#releases = releases
  }

  /** Loads a model. What a load that fails has opened is released. @throws whatever `load` of the definition throws */
  static async open(definition: ModelDefinition, artifacts: Omit<Artifacts, 'onUnload'>): Promise<LoadedModel> {
    const releases: Release[] = []
    const onUnload = (release: Release): void => void releases.unshift(release)
    try {
      const loaded = await definition.load({ ...artifacts, onUnload } as Parameters<typeof definition.load>[0])
      return new LoadedModel(definition, loaded, releases)
    } catch (error) {
      await releaseAll(releases)
      throw error
    }
  }

  /** Releases what the model has registered, the last first. The model answers nothing afterwards. */
  close(): Promise<void> {
    return releaseAll(this.#releases)
  }

  get unavailableReason(): string | undefined {
    return this.#definition.unavailableReason?.(this.#loaded)
  }

  /** One result per item, in order; items of the same operation are predicted together. */
  async predict(items: readonly Item[], signal: AbortSignal): Promise<ItemResult[]> {
    const results: ItemResult[] = []
    for (const [name, places] of placesByOperation(items)) {
      const operation = this.#definition.operations[name] as Operation
      const alike = places.map((place) => items[place] as Item)
      const answered = await this.#predictAlike(operation, alike, validatorOf(operation), signal)
      places.forEach((place, i) => {
        results[place] = answered[i] as ItemResult
      })
    }
    return results
  }

  /**
   * A batch that throws is run again item by item, so that a bad item fails alone; an output that does not match its schema
   * (NaN and Infinity included) becomes `INFERENCE_FAILED`.
   */
  async #predictAlike(
    operation: Operation,
    items: readonly Item[],
    output: Validator,
    signal: AbortSignal,
  ): Promise<ItemResult[]> {
    try {
      const results = await operation.predict(items as Item<never, never>[], this.#loaded, signal)
      if (results.length !== items.length) {
        throw new Error(`The model returned ${results.length} results for ${items.length} items.`)
      }
      return results.map((result) => checked(result, output))
    } catch (error) {
      if (items.length === 1 || signal.aborted) return items.map(() => failed(error))
      const alone: ItemResult[] = []
      for (const item of items) alone.push(...(await this.#predictAlike(operation, [item], output, signal)))
      return alone
    }
  }
}

/** Runs every release, also after one has failed: its error must not keep the memory of others. */
async function releaseAll(releases: readonly Release[]): Promise<void> {
  for (const release of releases) {
    try {
      await release()
    } catch (error) {
      process.stderr.write(
        `A model could not release everything: ${error instanceof Error ? error.stack : String(error)}\n`,
      )
    }
  }
}

function placesByOperation(items: readonly Item[]): Map<string, number[]> {
  const places = new Map<string, number[]>()
  items.forEach(({ operation }, place) => {
    const known = places.get(operation)
    if (known) known.push(place)
    else places.set(operation, [place])
  })
  return places
}

function checked(result: ItemResult, output: Validator): ItemResult {
  if ('error' in result || output.Check(result.output)) return result
  return { error: { code: 'INFERENCE_FAILED', detail: 'The model returned an output that does not match its schema.' } }
}

/** Keeps the message of a ServeryError, but not that of another error: it may quote the text of a request. */
function failed(error: unknown): ItemResult {
  return isServeryError(error)
    ? { error: { code: error.code, detail: error.message } }
    : {
        error: {
          code: 'INFERENCE_FAILED',
          detail: `The model failed on this item (${error instanceof Error ? error.name : typeof error}).`,
        },
      }
}
