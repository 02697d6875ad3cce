/** The interface of an artifact store: one folder with the files of a version or of a run. */
import type { Readable } from 'node:stream'

export interface StoredFile {
  /** Relative to the store's folder, forward slashes. */
  readonly path: string
  /** Bytes. */
  readonly size: number
}

/** Apart from `FileNotFound`, methods reject with a `ServeryError` or with a transient error. */
export interface ArtifactStore {
  /** For messages, for example `s3://bucket/folder`. */
  readonly location: string
  /** How many ranges of one file may be read concurrently. */
  readonly parallelReads: number
  /** All files in the folder and its subfolders, sorted by path; empty if there is no such folder. */
  list(): Promise<StoredFile[]>
  /** The bytes `[start, end)` of a file. One attempt. @throws FileNotFound */
  read(file: string, start: number, end: number): Promise<Readable>
  /** Copies a local file into the folder, with retries. @param sent called with the number of bytes of each part */
  write(file: string, from: string, sent?: (bytes: number) => void): Promise<void>
}

/** The store does not hold the file. */
export class FileNotFound extends Error {}
