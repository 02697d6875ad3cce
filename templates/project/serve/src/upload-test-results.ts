import { runUploadTask } from '@servery/tracking'

await runUploadTask(import.meta.dirname)
