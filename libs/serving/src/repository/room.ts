/** Chooses what to unload when a version needs memory: the versions loaded on demand that were used least recently. Pure. */

export interface Occupant {
  readonly memoryBytes: number
  /** Never unloaded to make room. */
  readonly isPinned: boolean
  readonly isInUse: boolean
  readonly lastUsedAt: number
}

export interface Room<O> {
  /** What to unload now; empty if there is room. */
  readonly unload: readonly O[]
  /** Whether the rest fits into the limit; if not, not even without those that are in use. */
  readonly fits: boolean
  /** Unloading those that are in use now would make room. */
  readonly fitsLater: boolean
}

/** @param needed bytes beside those of the occupants @param limit bytes */
export function makeRoom<O extends Occupant>(occupants: readonly O[], needed: number, limit: number): Room<O> {
  const bytesOf = (some: readonly O[]): number => some.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  const excess = bytesOf(occupants) + needed - limit
  const evictable = occupants.filter(({ isPinned }) => !isPinned)
  const idle = evictable.filter(({ isInUse }) => !isInUse).sort((a, b) => a.lastUsedAt - b.lastUsedAt)
  const unload: O[] = []
  for (let freed = 0; freed < excess && idle.length > 0; freed += unload.at(-1)!.memoryBytes) unload.push(idle.shift()!)
  const fits = bytesOf(unload) >= excess
  return { unload: fits ? unload : [], fits, fitsLater: bytesOf(evictable) >= excess }
}
