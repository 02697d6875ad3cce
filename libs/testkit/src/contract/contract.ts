/** What a project says to the contract suite, and what its own tests get from it. */
import type { ModelDefinition } from '@servery/serving'
import type { LoadedInProcess } from './in-process.ts'
import type { ModelClient } from './model-client.ts'
import type { ProjectUnderTest } from './project-under-test.ts'

export interface ContractOptions {
  /** `import.meta.dirname` of the test: `…/tests/<tier>`, where the tier is `unit`, `integration` or `functional`. */
  readonly folder: string
  readonly servedModel: ModelDefinition
  /** An input that holds a text. Default `{content: text}`. */
  readonly inputOf?: (text: string) => unknown
  /** Settings for requests with hostile texts, each asked in turn. Default: none. */
  readonly configurations?: readonly Readonly<Record<string, unknown>>[]
  /** Texts that string fields of hostile bodies take beside random ones, so that some of them are valid. */
  readonly texts?: readonly string[]
  /** Further variables of the servers that the suite starts. */
  readonly environment?: Readonly<Record<string, string>>
  /** What must hold of the output for a hostile text, beside its schema. */
  readonly checkOutput?: (output: never, text: string) => void
}

/** Options with their defaults, and the project that they are of. */
export interface Contract extends Required<ContractOptions> {
  readonly project: ProjectUnderTest
}

/** What further tests of the same tier may use; both are there once the tests run. */
export interface ContractTools {
  /** Of the server of the functional tier. */
  readonly client: ModelClient
  /** The model of the integration tier. */
  readonly model: () => LoadedInProcess
}
