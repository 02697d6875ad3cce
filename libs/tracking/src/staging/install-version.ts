/** Installs a verified copy of a version into its folder, from any registry. */
import { cp, readdir } from 'node:fs/promises'
import path from 'node:path'
import { MANIFEST_FILE, VERSION_TREE } from '@servery/model-version'
import type { Progress } from '../registry/progress.ts'
import { moveReplacing, withStagedFolder } from './staged-folder.ts'

/** The files of a version in a registry. */
export interface VersionContents {
  /** Whether the folder holds all of them, unchanged. */
  isIn(directory: string): Promise<boolean>
  /**
   * Copies them and their manifest into a new folder.
   * @throws ServeryError `MODEL_LOAD_FAILED` for a file that is missing or differs, `UPSTREAM_FAILED` if it cannot be fetched
   */
  copyTo(directory: string, progress?: Progress): Promise<void>
}

/** Other files of the folder, such as test results, are kept. @returns false if the folder held the version already */
export function installVersion(contents: VersionContents, target: string, progress?: Progress): Promise<boolean> {
  const isDone = () => contents.isIn(target)
  const fill = async (partial: string) => {
    if (await isDone()) return false
    await contents.copyTo(partial, progress)
    await moveReplacing(partial, target, { isDone, keep: copyOtherFiles })
    return true
  }
  return withStagedFolder(target, fill, copyOtherFiles)
}

/** Copies what is in a version's folder but not part of the version, above all `<IMAGE_TAG>/test_results/`. */
async function copyOtherFiles(from: string, to: string): Promise<void> {
  for (const name of await readdir(from).catch(emptyIfNoFolder)) {
    if (name === MANIFEST_FILE || VERSION_TREE.includes(name)) continue
    await cp(path.join(from, name), path.join(to, name), { recursive: true, verbatimSymlinks: true })
  }
}

function emptyIfNoFolder(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOTDIR') return []
  throw error
}
