import { ServeryError } from '@servery/core'

export function modelLoadFailed(sentence: string, cause?: unknown): ServeryError {
  return new ServeryError('MODEL_LOAD_FAILED', sentence, { cause })
}

/** For `.catch`: undefined when there is no such file, any other error goes on. */
export function notThere(error: NodeJS.ErrnoException): undefined {
  if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(error.code ?? '')) throw error
}
