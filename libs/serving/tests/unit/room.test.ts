/** What is unloaded when a version needs memory. */
import { makeRoom, type Occupant } from '../../src/repository/room.ts'

const occupant = (name: string, memoryBytes: number, lastUsedAt: number, more: Partial<Occupant> = {}) => ({
  name,
  memoryBytes,
  lastUsedAt,
  isPinned: false,
  isInUse: false,
  ...more,
})
const names = (occupants: readonly { readonly name: string }[]) => occupants.map(({ name }) => name)

it('unloads nothing while there is room', () => {
  expect(makeRoom([occupant('a', 10, 1)], 10, 20)).toEqual({ unload: [], fits: true, fitsLater: true })
})

it('unloads those that were used least recently, and no more than it must', () => {
  const { unload, fits } = makeRoom([occupant('c', 10, 3), occupant('a', 10, 1), occupant('b', 10, 2)], 15, 30)
  expect([names(unload), fits]).toEqual([['a', 'b'], true])
})

it('leaves versions that are pinned or in use', () => {
  const occupants = [
    occupant('pinned', 10, 1, { isPinned: true }),
    occupant('busy', 10, 2, { isInUse: true }),
    occupant('c', 10, 3),
  ]
  expect(names(makeRoom(occupants, 10, 30).unload)).toEqual(['c'])
  expect(makeRoom(occupants, 20, 30)).toEqual({ unload: [], fits: false, fitsLater: true })
  expect(makeRoom(occupants, 21, 30)).toEqual({ unload: [], fits: false, fitsLater: false })
})
