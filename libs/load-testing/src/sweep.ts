/** Searches for the highest rate at which a server meets its criteria. */
import type { Second } from './measurement/recorder.ts'
import type { Step } from './report/results.ts'

const LOWEST_RATE = 5
const HIGHEST_RATE = 20_000
const GROWTH = 1.5
/** Bisections of the last interval: 1.5 ^ (1/8) is a precision of 5 %. */
const REFINEMENTS = 3

/**
 * Raises the rate until the criteria are missed twice in a row, then bisects the last interval.
 * @param measure measures one rate @returns all steps, sorted by rate
 */
export async function sweep(measure: (rate: number) => Promise<Step>): Promise<Step[]> {
  const steps: Step[] = []
  const isMet = async (rate: number): Promise<boolean> => {
    // A second attempt, because a brief disturbance of the machine does not mean a lower capacity.
    for (let attempt = 0; attempt < 2; attempt++) {
      const step = await measure(rate)
      const isLast = step.unmet.length === 0 || attempt === 1
      if (isLast) steps.push(step)
      if (step.unmet.length === 0) return true
    }
    return false
  }
  let met = 0
  let missed = LOWEST_RATE
  while (missed <= HIGHEST_RATE && (await isMet(missed))) {
    met = missed
    missed = rounded(missed * GROWTH)
  }
  for (let i = 0; i < REFINEMENTS && met > 0 && missed <= HIGHEST_RATE; i++) {
    const middle = rounded(Math.sqrt(met * missed))
    if (middle <= met || middle >= missed) break
    if (await isMet(middle)) met = middle
    else missed = middle
  }
  return steps.sort((a, b) => a.rate - b.rate)
}

/** At 5 % above the capacity, every second adds 50 ms of waiting work. */
const LARGEST_GROWTH_MS = 50

/**
 * Detects that requests arrive faster than they are answered: latency can meet every criterion while it still grows.
 * @param seconds the seconds of one rate, in order @returns a sentence for the report, undefined if there is no backlog
 */
export function backlog(seconds: readonly Second[]): string | undefined {
  const third = Math.ceil(seconds.length / 3)
  const apart = seconds.length - third
  if (apart === 0) return undefined
  const growth = (medianMs(seconds.slice(-third)) - medianMs(seconds.slice(0, third))) / apart
  return growth > LARGEST_GROWTH_MS
    ? `every second adds ${growth.toFixed(0)} ms to the latency: this rate is above the capacity`
    : undefined
}

function medianMs(seconds: readonly Second[]): number {
  const sorted = seconds.flatMap(({ latenciesUs }) => latenciesUs).sort((a, b) => a - b)
  return (sorted[sorted.length >> 1] ?? 0) / 1_000
}

/** The highest rate before the first miss; undefined if even the lowest rate missed. */
export function highestMet(steps: readonly Step[]): Step | undefined {
  const firstMissed = steps.findIndex(({ unmet }) => unmet.length > 0)
  return (firstMissed < 0 ? steps : steps.slice(0, firstMissed)).at(-1)
}

/** Rounds to two or three digits, more than the precision of the search. */
function rounded(rate: number): number {
  return Number(rate.toPrecision(rate < 100 ? 2 : 3))
}
