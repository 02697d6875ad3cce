// Texts of four kinds, the same in every run: words are drawn from a fixed list by a seeded generator.
const WORDS =
  'harbour turbine council orchestra vaccine symphony irrigation festival library monastery power storm winter farmer river children trial antibody summer music the of and in to a with for was on that by from at is it as are were have this which be or an after report market company government people first year city world'.split(
    ' ',
  )

/** Words of a text by kind: 11 words; some 64 tokens; 200 words; log-normal between 3 and 200 words, median 20. */
const LENGTHS = {
  short: () => 11,
  medium: () => 56,
  long: () => 200,
  mixed: (random) => Math.min(200, Math.max(3, Math.round(Math.exp(Math.log(20) + normal(random))))),
}

/** @param {'short' | 'medium' | 'long' | 'mixed'} kind @returns {string[]} */
export function textsOf(kind, count, seed = 1) {
  const random = generator(seed)
  return Array.from({ length: count }, () =>
    Array.from({ length: LENGTHS[kind](random) }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' '),
  )
}

/** mulberry32: small, seeded, good enough to draw words. */
export function generator(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
