import path from 'node:path'
import { runRegisterTask } from './tasks.ts'

await runRegisterTask(path.join(import.meta.dirname, '../../..'), process.argv.slice(2))
