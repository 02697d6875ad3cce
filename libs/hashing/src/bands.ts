/** Bands of a signature: two texts are candidates if at least one of their bands is equal. */

export interface Bands {
  readonly count: number
  /** Values per band. */
  readonly rows: number
}

/** In base64, a value is an unsigned integer of 8 bytes, big-endian. */
const VALUE_BYTES = 8

/** The bands of MinHash values as base64 strings; values beyond the last band are ignored. */
export function bandsOf(values: Uint32Array, { count, rows }: Bands): string[] {
  const bytes = Buffer.alloc(VALUE_BYTES * count * rows)
  for (let i = 0; i < count * rows; i++) bytes.writeUInt32BE(values[i]!, VALUE_BYTES * i + 4)
  const size = VALUE_BYTES * rows
  return Array.from({ length: count }, (_, band) => bytes.toString('base64', band * size, (band + 1) * size))
}

/** The values in the bands of a signature; undefined if it does not have bands of this shape. */
export function valuesOf(signature: readonly string[], { count, rows }: Bands): Uint32Array | undefined {
  if (signature.length !== count) return undefined
  const values = new Uint32Array(count * rows)
  for (const [band, text] of signature.entries()) {
    const bytes = Buffer.from(text, 'base64')
    if (bytes.length !== VALUE_BYTES * rows || bytes.toString('base64') !== text) return undefined
    for (let row = 0; row < rows; row++) {
      if (bytes.readUInt32BE(VALUE_BYTES * row) !== 0) return undefined
      values[band * rows + row] = bytes.readUInt32BE(VALUE_BYTES * row + 4)
    }
  }
  return values
}

/** Whether two signatures with bands of the same shape have a band in common. */
export function isCandidate(a: Uint32Array, b: Uint32Array, { count, rows }: Bands): boolean {
  for (let band = 0; band < count; band++) {
    let row = 0
    while (row < rows && a[band * rows + row] === b[band * rows + row]) row += 1
    if (row === rows) return true
  }
  return false
}

/** Share of equal values: the estimate of the Jaccard similarity of the two sets. */
export function estimatedJaccard(a: Uint32Array, b: Uint32Array): number {
  let equal = 0
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) equal += 1
  return equal / a.length
}
