import { serveProject } from '@servery/serving/serve'

await serveProject(import.meta.dirname)
