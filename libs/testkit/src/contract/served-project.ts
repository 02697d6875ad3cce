/** The server of one project in a process of its own, and calls to its model. */
import { type ServedProcess, serveProcess } from '../served-process.ts'
import { type ModelClient, modelClient } from './model-client.ts'
import { projectUnderTest } from './project-under-test.ts'

export interface ServedProject extends ServedProcess {
  readonly client: ModelClient
}

/**
 * @param folder any folder of the serve component, for example that of a test
 * @param environment and errors as `serveProcess`
 */
export async function serveProject(folder: string, environment: Record<string, string> = {}): Promise<ServedProject> {
  const { entry, name } = projectUnderTest(folder)
  const server = await serveProcess(entry, environment)
  return { ...server, client: modelClient(() => server.url, name) }
}
