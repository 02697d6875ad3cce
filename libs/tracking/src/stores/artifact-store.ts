/** Where the files of a version or of a run lie: one folder of a store, whatever the store is. */
import type { Readable } from 'node:stream'

export interface StoredFile {
  /** Relative to the store's folder, forward slashes. */
  readonly path: string
  /** Bytes. */
  readonly size: number
}

/** Beside `FileNotFound`, methods reject with a `ServeryError` or with a transient error. */
export interface ArtifactStore {
  /** For messages, for example `s3://bucket/folder`. */
  readonly location: string
  /** How many parts of one file may be read at once. */
  readonly parallelReads: number
  /** Every file below the folder, sorted by path; empty when there is no such folder. */
  list(): Promise<StoredFile[]>
  /** Bytes `start` (first) up to `end` (not included) of a file. One attempt. @throws FileNotFound */
  read(file: string, start: number, end: number): Promise<Readable>
  /** Copies a local file into the folder, with retries. @param sent called with the bytes of each part */
  write(file: string, from: string, sent?: (bytes: number) => void): Promise<void>
}

/** The store does not hold the file. */
export class FileNotFound extends Error {}
