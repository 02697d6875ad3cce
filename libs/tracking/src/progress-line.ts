/** Shows the progress of a copy: on a terminal one line that is overwritten, in a log a line every few seconds. */
import type { Progress } from './registry/progress.ts'

/** Shortest time between two writes, in milliseconds. A log only gets lines for copies that take long. */
const TERMINAL_INTERVAL_MS = 100
const LOG_INTERVAL_MS = 10_000

/** @param stream usually `process.stderr` */
export function progressLine(
  name: string,
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
): Progress {
  const startedAt = performance.now()
  let writtenAt = stream.isTTY ? Number.NEGATIVE_INFINITY : startedAt
  return ({ bytes, ofBytes }) => {
    const now = performance.now()
    const isLast = bytes === ofBytes
    if (stream.isTTY ? !isLast && now - writtenAt < TERMINAL_INTERVAL_MS : now - writtenAt < LOG_INTERVAL_MS) return
    writtenAt = now
    const text = `${name}: ${copied({ bytes, ofBytes }, now - startedAt)}`
    // Padding overwrites the rest of a longer line.
    stream.write(stream.isTTY ? `\r${text.padEnd(70)}${isLast ? '\n' : ''}` : `${text}\n`)
  }
}

function copied({ bytes, ofBytes }: Parameters<Progress>[0], elapsedMs: number): string {
  // At least 1 ms, to avoid a division by zero. Bytes per millisecond are kB per second.
  const rate = bytes / Math.max(1, elapsedMs)
  const left = bytes === ofBytes || rate === 0 ? '' : `, ${duration((ofBytes - bytes) / rate / 1e3)} left`
  return `${megabytes(bytes)} of ${megabytes(ofBytes)} MB, ${(rate / 1e3).toFixed(0)} MB/s${left}`
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}
