/** Shared by the commands of this library: argument, signals and exit status. */
import path from 'node:path'
import { exitCodeOf, isServeryError } from '@servery/core'

/** Exit status of a shell after SIGINT. */
export const INTERRUPTED = 130

/** Runs `main` with the serve directory of the command line; `signal` aborts on Ctrl-C. `main` returns the exit status. */
export async function runCommand(
  main: (serveDirectory: string, signal: AbortSignal) => Promise<number>,
): Promise<void> {
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort())
  try {
    const [serveDirectory] = process.argv.slice(2)
    process.exitCode = await main(path.resolve(serveDirectory ?? '.'), interrupted.signal)
  } catch (error) {
    process.stderr.write(`${isServeryError(error) ? error.message : (error as Error).stack}\n`)
    process.exitCode = exitCodeOf(error)
  }
}
