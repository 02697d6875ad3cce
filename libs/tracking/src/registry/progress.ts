/** Progress of the copy of a version, in bytes. */

/** Called after every copied chunk, with the total bytes of all files. */
export type Progress = (copied: { readonly bytes: number; readonly ofBytes: number }) => void

/** Adds up the chunks of these files and reports the sum. @returns a function to call with the bytes of each chunk */
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
