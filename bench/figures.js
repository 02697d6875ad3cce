// A figure: its name, the median and range of its values, and whether it reaches its goal.
import { quantile, round } from './server.js'

/** @param {boolean} lowerIsBetter the goal is a ceiling */
export function figure(name, values, goal, lowerIsBetter = false) {
  const [least, median, most] = [0, 0.5, 1].map((q) => round(quantile(values, q)))
  const reached = goal === undefined ? undefined : lowerIsBetter ? median <= goal : median >= goal
  console.log(`${name}: ${median} (${least} to ${most})${goal === undefined ? '' : `, goal ${goal}`}`)
  return { name, median, least, most, goal, reached }
}

/** Cells of a table with the columns of `HEAD`; a single value has no range. */
export function cellsOf({ name, median, least, most, goal, reached }) {
  const range = least === most ? '' : `${least} to ${most}`
  return [name, median, range, goal === undefined ? '' : `${goal}${reached ? '' : ', missed'}`]
}

export const HEAD = ['figure', 'median', 'range', 'goal']
