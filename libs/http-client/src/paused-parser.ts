/**
 * Works around a fault of undici 7: when the other side ends a connection while the reader of its answer waits, an
 * assertion is thrown where nothing can catch it, and the process ends. It is fixed in undici 8 (nodejs/undici#5474),
 * which needs a newer Node than ours. Here the parser is resumed before undici looks at it; it holds no more than was
 * received.
 */
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

interface Parser {
  paused: boolean
  resume(): void
}

/** Applies to all connections of this process; whatever opens some through undici calls it first. */
export function keepParsersGoing(): void {
  // Subscribing the same function again would run it twice.
  if (isSubscribed) return
  isSubscribed = true
  subscribe('undici:client:connected', (message) => {
    const { socket } = message as { socket: Socket }
    for (const event of ['end', 'error', 'close']) socket.prependListener(event, () => unpause(socket))
  })
}

let isSubscribed = false

function unpause(socket: Socket): void {
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'parser')
  const parser = key && (socket as unknown as Record<symbol, Parser | null>)[key]
  if (!parser?.paused) return
  parser.resume()
  // A socket that is gone resumes nothing: its request fails as one of a broken connection.
  parser.paused = false
}
