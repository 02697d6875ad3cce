export { assertClose, type Tolerance } from './assert-close.ts'
export { type ServedProcess, serveProcess } from './served-process.ts'
