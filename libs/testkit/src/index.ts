export { assertClose, type Tolerance } from './assert-close.ts'
export { type ServedProcess, serveProcess, serverUnderTest } from './served-process.ts'
