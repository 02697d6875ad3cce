/** Finds the numbers of bands and rows that best separate pairs above a similarity threshold from pairs below it. */
import type { Bands } from './bands.ts'

/** More nodes than this change no integral by more than rounding does, whatever the degree of the polynomial. */
const MOST_NODES = 256

/**
 * The bands with the smallest 0.5·FP + 0.5·FN among count ≤ values and rows ≤ values / count. FP = ∫0..t 1-(1-s^rows)^count ds is
 * the share of candidates below the threshold t, FN = ∫t..1 (1-s^rows)^count ds that of pairs missed above it. On a tie the
 * fewest bands of the fewest rows are kept. Source: datasketch (MIT), `_optimal_param`.
 */
export function bestBands(threshold: number, values: number): Bands {
  const errors = errorsOf(threshold, values)
  let best = { count: 1, rows: 1 }
  let least = Number.POSITIVE_INFINITY
  for (let count = 1; count <= values; count++) {
    for (let rows = 1; rows * count <= values; rows++) {
      const error = errors[rows - 1]![count - 1]!
      if (error >= least) continue
      least = error
      best = { count, rows }
    }
  }
  return best
}

/**
 * `errors[rows - 1][count - 1]` = FP + FN. The integrand (1-s^rows)^count is a polynomial of degree rows·count ≤ values, for
 * which Gauss-Legendre quadrature of half as many nodes is exact; its powers are built up by multiplication.
 */
function errorsOf(t: number, values: number): Float64Array[] {
  const nodes = gaussLegendre(Math.min(MOST_NODES, (values >> 1) + 1))
  // FP = t - ∫0..t (1-s^rows)^count: the nodes below the threshold count negatively.
  const below = nodes.map(({ x, weight }) => ({ s: t * x, weight: -t * weight }))
  const above = nodes.map(({ x, weight }) => ({ s: t + (1 - t) * x, weight: (1 - t) * weight }))
  const points = [...below, ...above]
  return Array.from({ length: values }, (_, i) => {
    const missedBands = points.map(({ s }) => 1 - s ** (i + 1))
    const missed = new Float64Array(points.length).fill(1)
    return Float64Array.from({ length: Math.floor(values / (i + 1)) }, () => {
      let error = t
      for (let j = 0; j < missed.length; j++) {
        missed[j]! *= missedBands[j]!
        error += points[j]!.weight * missed[j]!
      }
      return error
    })
  })
}

/** Nodes and weights on [0, 1], by Newton's method from Chebyshev's nodes. Source: Numerical Recipes, gauleg. */
function gaussLegendre(n: number): { x: number; weight: number }[] {
  return Array.from({ length: n }, (_, i) => {
    let z = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5))
    let slope = 0
    for (let step = Number.POSITIVE_INFINITY; Math.abs(step) > 1e-15; z -= step) {
      const [value, previous] = legendre(n, z)
      slope = (n * (z * value - previous)) / (z * z - 1)
      step = value / slope
    }
    return { x: (1 + z) / 2, weight: 1 / ((1 - z * z) * slope * slope) }
  })
}

/** P_n(z) and P_{n-1}(z). */
function legendre(n: number, z: number): [number, number] {
  let [value, previous] = [1, 0]
  for (let j = 0; j < n; j++) [value, previous] = [((2 * j + 1) * z * value - j * previous) / (j + 1), value]
  return [value, previous]
}
