/**
 * Works around a bug of undici 7: when the other side ends a connection while the reader of the response is paused, an
 * assertion throws where nothing can catch it, and the process ends. It is fixed in undici 8 (nodejs/undici#5474),
 * which needs a newer Node than ours. Here the parser is resumed before undici checks it; it holds only data that
 * was already received.
 */
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

interface Parser {
  paused: boolean
  resume(): void
}

/** Applies to all connections of this process; call it before opening any through undici. */
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
  // The parser of a destroyed socket does not resume: its request then fails like one of a broken connection.
  parser.paused = false
}
