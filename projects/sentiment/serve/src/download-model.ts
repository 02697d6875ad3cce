import path from 'node:path'
import { runDownloadTask } from '@servery/tracking'

await runDownloadTask(path.join(import.meta.dirname, '..'))
