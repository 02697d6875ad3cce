import { serve } from '@servery/serving'
import words from './words.js'

await serve(words, { name: 'words', serveDirectory: import.meta.dirname })
