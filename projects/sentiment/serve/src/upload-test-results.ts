import path from 'node:path'
import { runUploadTask } from '@servery/tracking'

await runUploadTask(path.join(import.meta.dirname, '..'))
