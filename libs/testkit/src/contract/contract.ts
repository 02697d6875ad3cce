/** What a project says to the contract suite, and what its own tests get from it. */
import type { ErrorCode } from '@servery/core'
import type { ModelDefinition } from '@servery/serving'
import type { HostileText } from './hostile-texts.ts'
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
  /** Texts that this model may stumble over, beside those that every model is asked. */
  readonly hostileTexts?: readonly HostileText[]
  /** Settings that name a language: they take those of the bio and refuse any other. Default: none. */
  readonly languageSettings?: readonly string[]
  /** Variables that name a service: the model waits on the network where one is set, else it computes. Default: none. */
  readonly services?: readonly string[]
  /** Texts that string fields of hostile bodies take beside random ones, so that some of them are valid. */
  readonly texts?: readonly string[]
  /** Further variables of the servers that the suite starts. */
  readonly environment?: Readonly<Record<string, string>>
  /** What must hold of the output for a hostile text, beside its schema. */
  readonly checkOutput?: (output: never, text: string) => void
  /** Settings that predict refuses for two inputs: alone in the unit tier, over HTTP in the functional one. Default: none. */
  readonly refusedSettings?: readonly RefusedSettings[]
  /** Files of the version's artifacts that a start must refuse. Default: none. */
  readonly wrongArtifacts?: readonly WrongArtifact[]
}

export interface RefusedSettings {
  /** Completes "refuses …". */
  readonly what: string
  readonly configuration: Readonly<Record<string, unknown>>
  /** What the refusal points at, as a path within the configuration: `entities/0`. */
  readonly at: string
  /** Default `INVALID_INPUT`. */
  readonly code?: ErrorCode
  /** Part of the refusal's sentence. */
  readonly saying?: string
}

export interface WrongArtifact {
  readonly file: string
  /** Stands in place of the file's own content. */
  readonly content: string
  /** What the refusal says, among others. */
  readonly sentence: string
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
