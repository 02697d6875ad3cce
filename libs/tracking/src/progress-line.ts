/** Progress of a download for whoever watches it: one line that is written over on a terminal, nothing elsewhere. */
import type { Progress } from './version-files.ts'

/** Least time between two writes, in milliseconds. */
const INTERVAL_MS = 100

/** @param stream usually `process.stderr` */
export function progressLine(
  name: string,
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
): Progress {
  if (!stream.isTTY) return () => {}
  const startedAt = performance.now()
  let writtenAt = Number.NEGATIVE_INFINITY
  return ({ bytes, ofBytes }) => {
    const now = performance.now()
    const isLast = bytes === ofBytes
    if (!isLast && now - writtenAt < INTERVAL_MS) return
    writtenAt = now
    // At least 1 ms, so that a tiny file has a rate.
    const rate = bytes / 1e3 / Math.max(1, now - startedAt)
    stream.write(
      `\r${name}: ${megabytes(bytes)} of ${megabytes(ofBytes)} MB, ${rate.toFixed(0)} MB/s${isLast ? '\n' : ''}`,
    )
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
