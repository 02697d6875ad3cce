/** `node register-version.js <directory> <MODEL-ID> [expected number]`: registers a version folder and prints its name. */
import path from 'node:path'
import { runRegisterTask } from './tasks.ts'

await runRegisterTask(path.join(import.meta.dirname, '../../..'), process.argv.slice(2))
