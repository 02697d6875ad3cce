/** Counts words. */
import { words } from '@servery/text'

/** Number of words as a reader counts them: separated by spaces or, in scripts without spaces, by a dictionary. */
export function wordCount(text: string): number {
  return Math.max(words(text).length, text.split(/\s+/).filter(Boolean).length)
}
