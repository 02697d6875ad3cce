import { words } from '@servery/text'

/** Words as a reader counts them: parted by spaces or, where there are none, by a dictionary. */
export function wordCount(text: string): number {
  return Math.max(words(text).length, text.split(/\s+/).filter(Boolean).length)
}
