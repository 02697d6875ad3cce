/**
 * The contract suite: what every served model must do, whatever it is. A project runs one part of it in each of its tiers and
 * adds tests of its own beside.
 */
import type { ErrorCode } from '@servery/core'
import type { ModelDefinition } from '@servery/serving'
import { describeDefinition } from './describe-definition.ts'
import { describeModel } from './describe-model.ts'
import { describeServer } from './describe-server.ts'
import { describeStart } from './describe-start.ts'
import { describeWorkerDeath } from './describe-worker-death.ts'
import type { LoadedInProcess } from './in-process.ts'
import type { ModelClient } from './model-client.ts'
import { projectUnderTest } from './project-under-test.ts'

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
  readonly project: ReturnType<typeof projectUnderTest>
}

/** What further tests of the same tier may use; both are there once the tests run. */
export interface ContractTools {
  /** Of the server of the functional tier. */
  readonly client: ModelClient
  /** The model of the integration tier. */
  readonly model: () => LoadedInProcess
}

/** @param more describes tests of the project's own that use the same server or the same loaded model */
export function describeServedModel(options: ContractOptions, more: (tools: ContractTools) => void = () => {}): void {
  const project = projectUnderTest(options.folder, options.servedModel.params)
  const contract: Contract = {
    inputOf: (content) => ({ content }),
    configurations: [{}],
    texts: [],
    environment: {},
    checkOutput: () => {},
    refusedSettings: [],
    wrongArtifacts: [],
    ...options,
    project,
  }
  const tier = options.folder.match(/tests\/(unit|integration|functional)$/)?.[1]
  if (tier === undefined)
    throw new Error(`${options.folder} is not tests/unit, tests/integration or tests/functional of a project.`)
  if (tier === 'unit') describe(`${project.name}: definition`, () => describeDefinition(contract))
  if (tier === 'integration') describe(`${project.name}: model`, () => describeModel(contract, more))
  if (tier !== 'functional') return
  describe(`${project.name}: server`, () => describeServer(contract, more))
  describe(`${project.name}: death of a worker`, () => describeWorkerDeath(contract))
  describe(`${project.name}: start`, () => describeStart(contract))
}
