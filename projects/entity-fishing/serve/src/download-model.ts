import { runDownloadTask } from '@servery/tracking'

await runDownloadTask(import.meta.dirname)
