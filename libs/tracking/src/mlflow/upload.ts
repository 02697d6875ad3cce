/** Uploads a version folder to an artifact store; the manifest comes last. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createManifest, MANIFEST_FILE, type Manifest, manifestDigest, modelLoadFailed } from '@servery/model-version'
import { countBytes, type Progress } from '../registry/progress.ts'
import type { ArtifactStore } from '../stores/artifact-store.ts'

/** @throws ServeryError `MODEL_LOAD_FAILED` if the folder changes during the upload, `UPSTREAM_FAILED` */
export async function uploadVersion(
  directory: string,
  manifest: Manifest,
  store: ArtifactStore,
  progress: Progress,
): Promise<void> {
  const sent = countBytes(manifest.files, progress)
  for (const file of manifest.files) await store.write(file.path, path.join(directory, file.path), sent)
  if (manifestDigest(await createManifest(directory)) !== manifestDigest(manifest))
    throw modelLoadFailed(`${directory} was changed during the upload; nothing was registered.`)
  const folder = await mkdtemp(path.join(os.tmpdir(), 'servery-manifest-'))
  try {
    await writeFile(path.join(folder, MANIFEST_FILE), JSON.stringify(manifest, null, 1))
    await store.write(MANIFEST_FILE, path.join(folder, MANIFEST_FILE))
  } finally {
    await rm(folder, { recursive: true })
  }
}
