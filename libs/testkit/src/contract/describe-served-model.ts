/**
 * The contract suite: what every served model must do, whatever it is. A project runs one part of it in each of its tiers and
 * adds tests of its own beside.
 */
import type { Contract, ContractOptions, ContractTools } from './contract.ts'
import { describeDefinition } from './describe-definition.ts'
import { describeModel } from './describe-model.ts'
import { describeServer } from './describe-server.ts'
import { describeStart } from './describe-start.ts'
import { describeWorkerDeath } from './describe-worker-death.ts'
import { HOSTILE_TEXTS } from './hostile-texts.ts'
import { projectUnderTest } from './project-under-test.ts'

/** @param more describes tests of the project's own that use the same server or the same loaded model */
export function describeServedModel(options: ContractOptions, more: (tools: ContractTools) => void = () => {}): void {
  const project = projectUnderTest(options.folder, options.servedModel.params)
  const contract: Contract = {
    inputOf: (content) => ({ content }),
    configurations: [{}],
    languageSettings: [],
    services: [],
    texts: [],
    environment: {},
    checkOutput: () => {},
    refusedSettings: [],
    wrongArtifacts: [],
    ...options,
    hostileTexts: [...HOSTILE_TEXTS, ...(options.hostileTexts ?? [])],
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
