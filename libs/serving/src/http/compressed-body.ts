/** Accepts gzip and deflate request bodies. Fastify counts the decompressed bytes, so the body limit stops a decompression bomb. */
import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { createGunzip, createInflate } from 'node:zlib'
import { ServeryError } from '@servery/core'
import type { FastifyInstance } from 'fastify'

export function acceptCompressedBodies(app: FastifyInstance): void {
  app.addHook('preParsing', (request, reply, payload, done) => {
    const encoding = request.headers['content-encoding']?.toLowerCase()
    if (encoding === undefined || encoding === 'identity') done(null, payload)
    else inflate(payload as Readable, encoding, reply.raw, done)
  })
}

function inflate(
  payload: Readable,
  encoding: string,
  response: ServerResponse,
  done: (error: Error | null, payload?: Readable) => void,
): void {
  if (encoding !== 'gzip' && encoding !== 'deflate') {
    const sentence = `Content-Encoding ${encoding.slice(0, 32)} is not supported; send gzip, deflate or none.`
    done(new ServeryError('UNSUPPORTED_MEDIA_TYPE', sentence))
    return
  }
  const inflater = encoding === 'gzip' ? createGunzip() : createInflate()
  payload.on('error', (error) => inflater.destroy(error))
  // Stop decompressing a body that was refused halfway.
  response.once('finish', () => inflater.destroy())
  const inflated = payload.pipe(inflater)
  inflater.on('error', (error: NodeJS.ErrnoException & { statusCode?: number }) => {
    error.statusCode = 400
    error.message = `the body is not valid ${encoding}.`
  })
  // Fastify must compare Content-Length with the received bytes, not with the decompressed ones.
  const counted = Object.assign(inflated, { receivedEncodedLength: 0 })
  payload.on('data', (chunk: Buffer) => {
    counted.receivedEncodedLength += chunk.length
  })
  done(null, counted)
}
