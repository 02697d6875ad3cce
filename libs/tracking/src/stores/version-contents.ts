/** The files of a version in an artifact store, verified after they are copied. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  CARD_FILE,
  checkFingerprint,
  createManifest,
  fingerprint,
  isInstalled,
  isInVersion,
  MANIFEST_FILE,
  type Manifest,
  modelLoadFailed,
  verifyDirectory,
} from '@servery/model-version'
import type { VersionContents } from '../staging/install-version.ts'
import type { StoredFile } from './artifact-store.ts'
import { fetchFiles, type Source } from './fetch-files.ts'

/** A version that was registered with a manifest. */
export function manifestContents(source: Source, manifest: Manifest): VersionContents {
  return {
    isIn: (directory) => isInstalled(directory, manifest),
    copyTo: async (directory, progress) => {
      await fetchFiles(source, manifest.files, directory, progress)
      for (const file of manifest.files)
        checkFingerprint(file, await fingerprint(path.join(directory, file.path)), source.name)
      await writeManifest(directory, manifest)
    },
  }
}

/**
 * A version that MLflow's own client logged: only the sizes of its files are known, so its manifest is made from the downloaded files.
 *
 * @throws ServeryError `MODEL_LOAD_FAILED` if its files are missing or include no card
 */
export async function listedContents(source: Source): Promise<VersionContents> {
  const { store, name } = source
  const files = (await store.list()).filter((file) => isInVersion(file.path))
  if (!files.some((file) => file.path === CARD_FILE))
    throw modelLoadFailed(
      `${name} has neither ${MANIFEST_FILE} nor ${CARD_FILE} in ${store.location}: its artifacts are gone, or it is not a version that can be served.`,
    )
  return {
    isIn: async (directory) => {
      const installed = await verifyDirectory(directory).catch(() => undefined)
      return installed !== undefined && sizes(installed.files) === sizes(files)
    },
    copyTo: async (directory, progress) => {
      await fetchFiles(source, files, directory, progress)
      await writeManifest(directory, await createManifest(directory))
    },
  }
}

/** Equal for lists of the same paths and sizes. */
function sizes(files: readonly StoredFile[]): string {
  return files
    .map((file) => `${file.path} ${file.size}`)
    .sort()
    .join('\n')
}

async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  await writeFile(path.join(directory, MANIFEST_FILE), JSON.stringify(manifest, null, 1), { flush: true })
}
