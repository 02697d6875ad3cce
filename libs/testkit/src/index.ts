export { assertClose, type Tolerance } from './assert-close.ts'
export type { ContractOptions, ContractTools, RefusedSettings, WrongArtifact } from './contract/contract.ts'
export { describeServedModel } from './contract/describe-served-model.ts'
export type { HostileText } from './contract/hostile-texts.ts'
export { type LoadedInProcess, loadInProcess } from './contract/in-process.ts'
export { type ModelClient, modelClient, type Reply } from './contract/model-client.ts'
export { type ProjectUnderTest, projectUnderTest } from './contract/project-under-test.ts'
export { type ServedProject, serveProject } from './contract/served-project.ts'
export { cpuTimeMs } from './cpu-time.ts'
export { describeBatchInvariance, type NumbersOf } from './encoders/describe-batch-invariance.ts'
export { describeTokenParity, type Tokens } from './encoders/describe-token-parity.ts'
export { type Parity, readParity } from './encoders/parity.ts'
export { meanDifference } from './mean-difference.ts'
export { codeBlocks } from './project-files.ts'
export { type ServedProcess, serveProcess } from './served-process.ts'
export {
  type StubAnswer,
  type StubReply,
  type StubRequest,
  type StubService,
  startStubService,
} from './stub-service.ts'
export { succeeded } from './succeeded.ts'
