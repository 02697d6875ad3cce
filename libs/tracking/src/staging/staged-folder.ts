/**
 * Creates a folder atomically: it is filled next to its target, then renamed. Safe between the processes of one
 * machine; leftovers of a killed process are removed by the next process that writes to the same target.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { modelLoadFailed } from '@servery/model-version'

/** Copies what is to be kept of a replaced folder into its successor. No other process uses these folders. */
export type Keep = (replaced: string, successor: string) => Promise<void>

const keepNothing: Keep = async () => {}

/** Folders that this process is filling. The process id in their names is not enough: in a container it is the same after a restart. */
const inUse = new Set<string>()

/**
 * Calls `fill` with a path next to `target`, where it creates a folder and then moves it to the target. What remains at this
 * path is removed, also after a failure.
 *
 * @throws ServeryError `MODEL_LOAD_FAILED` for a full disk, missing permissions and a target that cannot be renamed
 */
export async function withStagedFolder<T>(
  target: string,
  fill: (partial: string) => Promise<T>,
  keep: Keep = keepNothing,
): Promise<T> {
  const partial = siblingPath(target, 'partial')
  inUse.add(partial)
  try {
    await mkdir(path.dirname(target), { recursive: true })
    await removeAbandoned(target, keep)
    return await fill(partial)
  } catch (error) {
    throw explainFileError(error, target)
  } finally {
    await rm(partial, { recursive: true, force: true })
    inUse.delete(partial)
  }
}

/** Moves a staged folder to a target that must not exist yet. @returns false if it does */
export function moveNew(partial: string, target: string): Promise<boolean> {
  return renamed(partial, target, 'ENOTEMPTY', 'EEXIST')
}

/**
 * Moves a staged folder to its target and replaces what is there. If several processes do so at the same time, the
 * last one wins, unless `isDone` finds that an earlier one has put the same content there.
 */
export async function moveReplacing(
  partial: string,
  target: string,
  { isDone = async () => false, keep = keepNothing }: { isDone?: () => Promise<boolean>; keep?: Keep } = {},
): Promise<void> {
  const replaced: string[] = []
  try {
    do {
      if (replaced.length === 0 && (await isDone())) return
      const aside = siblingPath(target, 'old')
      inUse.add(aside)
      if (await renamed(target, aside, 'ENOENT')) {
        replaced.push(aside)
        await keep(aside, partial)
      }
    } while (!(await moveNew(partial, target)))
  } catch (error) {
    const last = replaced.pop()
    // If this fails too, the next process that writes to the target moves it back.
    if (last !== undefined) await rename(last, target).catch(() => {})
    throw error
  } finally {
    for (const aside of replaced) await rm(aside, { recursive: true, force: true })
  }
}

/** Removes leftovers of killed processes for this target, and moves back what one of them had moved aside. */
async function removeAbandoned(target: string, keep: Keep): Promise<void> {
  const parent = path.dirname(target)
  for (const name of await readdir(parent)) {
    const kind = abandonedKind(path.join(parent, name), target)
    if (kind === undefined) continue
    // Renaming claims the folder: of several processes that clean up, only one succeeds.
    const claimed = siblingPath(target, kind)
    inUse.add(claimed)
    if (!(await renamed(path.join(parent, name), claimed, 'ENOENT'))) continue
    if (kind === 'old') {
      if (await moveNew(claimed, target)) continue
      await keep(claimed, target)
    }
    await rm(claimed, { recursive: true, force: true })
  }
}

type Kind = 'partial' | 'old'

/** `.<name>.<process id>.<8 hex digits>.<kind>` */
function siblingPath(target: string, kind: Kind): string {
  const name = `.${path.basename(target)}.${process.pid}.${randomBytes(4).toString('hex')}.${kind}`
  return path.join(path.dirname(target), name)
}

function abandonedKind(candidate: string, target: string): Kind | undefined {
  const prefix = `.${path.basename(target)}.`
  const name = path.basename(candidate)
  if (!name.startsWith(prefix)) return undefined
  const [, pid, kind] = name.slice(prefix.length).match(/^(\d+)\.[0-9a-f]{8}\.(partial|old)$/) ?? []
  if (pid === undefined) return undefined
  const isUsed = Number(pid) === process.pid ? inUse.has(candidate) : isAlive(Number(pid))
  return isUsed ? undefined : (kind as Kind)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** @returns false if it failed with one of these codes */
async function renamed(from: string, to: string, ...codes: string[]): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (codes.includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}

/** Turns an error of the file system into a message for users; returns other errors unchanged. */
function explainFileError(error: unknown, target: string): unknown {
  const { code, path: at = target } = error as NodeJS.ErrnoException
  const parent = path.dirname(target)
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return modelLoadFailed(
        `The disk of ${parent} is full; free some space and try again. Existing files are unchanged.`,
        error,
      )
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return modelLoadFailed(`This user may not read or write ${at}; existing files are unchanged.`, error)
    case 'EBUSY':
    case 'EXDEV':
      return modelLoadFailed(`${target} is a mount point and cannot be replaced; mount the folder above it.`, error)
    default:
      return error
  }
}
