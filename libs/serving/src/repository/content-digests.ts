/** The digests of version folders. Hashing a large version takes seconds, so a folder whose files have not been touched is not hashed again. */
import { existsSync, lstatSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { createManifest, MANIFEST_FILE, manifestDigest, readManifest, verifyDirectory } from '@servery/model-version'

export interface DigestOptions {
  /** Whether to compare every file with the manifest. */
  readonly verify: boolean
  /** Whether a folder without a manifest is refused; otherwise its manifest is computed. */
  readonly needsManifest: boolean
}

export class ContentDigests {
  readonly #known = new Map<string, { readonly stamp: string; readonly digest: string }>()

  /** @returns SHA-256 in hexadecimal @throws ServeryError `MODEL_LOAD_FAILED` naming the first file that differs from the manifest */
  async digestOf(directory: string, options: DigestOptions): Promise<string> {
    const stamp = stampOf(directory)
    const known = this.#known.get(directory)
    if (known?.stamp === stamp) return known.digest
    const digest = manifestDigest(await manifestOf(directory, options))
    this.#known.set(directory, { stamp, digest })
    return digest
  }
}

function manifestOf(directory: string, { verify, needsManifest }: DigestOptions) {
  if (!existsSync(path.join(directory, MANIFEST_FILE)) && !needsManifest) return createManifest(directory)
  return verify ? verifyDirectory(directory) : readManifest(directory)
}

/** Sizes and times of all files. The time of the last status change cannot be set back. */
function stampOf(directory: string): string {
  const files = readdirSync(directory, { recursive: true }) as string[]
  const stamps = files.sort().map((file) => {
    const { size, mtimeMs, ctimeMs, ino } = lstatSync(path.join(directory, file))
    return [file, size, mtimeMs, ctimeMs, ino]
  })
  return JSON.stringify(stamps)
}
