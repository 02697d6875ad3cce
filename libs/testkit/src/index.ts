export { assertClose, type Tolerance } from './assert-close.ts'
export { cpuTimeMs } from './cpu-time.ts'
export { codeBlocks, modelVersionOf } from './project-files.ts'
export { type ServedProcess, serveProcess, serverUnderTest } from './served-process.ts'
