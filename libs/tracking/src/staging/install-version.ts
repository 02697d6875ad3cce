/** Puts a verified copy of a version into its folder, whichever registry it comes from. */
import { cp, readdir } from 'node:fs/promises'
import path from 'node:path'
import { MANIFEST_FILE, VERSION_TREE } from '@servery/model-version'
import type { Progress } from '../registry/progress.ts'
import { moveReplacing, withStagedFolder } from './staged-folder.ts'

/** The files of a version, as a registry has them. */
export interface VersionContents {
  /** True when the folder holds them all, unchanged. */
  isIn(directory: string): Promise<boolean>
  /**
   * Fills the new folder with them and their manifest.
   * @throws ServeryError `MODEL_LOAD_FAILED` for a file that is missing or differs, `UPSTREAM_FAILED` when it cannot be fetched
   */
  copyTo(directory: string, progress?: Progress): Promise<void>
}

/** Other files of the folder, such as test results, are kept. @returns false when the folder held the version already */
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

/** Copies what lies in a version's folder and does not belong to the version, above all `<IMAGE_TAG>/test_results/`. */
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
