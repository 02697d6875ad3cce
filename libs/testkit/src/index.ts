export {}
export { type ServedProcess, serveProcess } from './served-process.ts'
