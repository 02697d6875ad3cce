/** How far the copy of a version is, in bytes. */

/** Called for every chunk that was copied, with the bytes of all files together. */
export type Progress = (copied: { readonly bytes: number; readonly ofBytes: number }) => void

/** Adds up chunks of these files, and passes the sum on. @returns to be called with the bytes of each chunk */
export function countBytes(
  files: readonly { readonly size: number }[],
  progress: Progress = () => {},
): (length: number) => void {
  const ofBytes = files.reduce((sum, file) => sum + file.size, 0)
  let bytes = 0
  return (length) => {
    bytes += length
    progress({ bytes, ofBytes })
  }
}
