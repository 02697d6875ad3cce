/** The error of a version that cannot be used, and the handling of missing files. */
import { ServeryError } from '@servery/core'

export function modelLoadFailed(sentence: string, cause?: unknown): ServeryError {
  return new ServeryError('MODEL_LOAD_FAILED', sentence, { cause })
}

/** For `.catch`: undefined if there is no such file; throws any other error again. */
export function notThere(error: NodeJS.ErrnoException): undefined {
  if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(error.code ?? '')) throw error
}
