/**
 * HTML as plain text of the same length, so that offsets in the text are offsets in the HTML. An entry of its own,
 * `@servery/text/html`: its parser takes 20 ms to load, and most models do not read HTML.
 */
import { Parser } from 'htmlparser2'

/** Elements whose content is not shown as text. */
const HIDDEN = new Set(['script', 'style', 'template', 'noscript', 'svg', 'iframe', 'object'])
/** Inline elements, whose tags do not end a sentence. All others do, including `br`. */
const INLINE = new Set(
  'a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q s samp small span strike strong sub sup time tt u var wbr'.split(
    ' ',
  ),
)
/**
 * Pads a character reference to its length: WORD JOINER, a format character that tokenisers drop and sentence rules ignore. A span
 * that ends with the character must end after its fillers.
 */
export const REFERENCE_FILLER = '\u2060'

/**
 * The text of an HTML document or fragment: tags, comments and hidden elements become blanks, tags of blocks become line
 * breaks, and a character reference becomes its character followed by `REFERENCE_FILLER`. Never throws.
 *
 * @returns a text of the same length as `html`, in which literal characters keep their positions
 */
export function blankHtml(html: string): string {
  const parts: string[] = []
  let done = 0
  let hidden = 0
  const put = (piece: string, end: number) => {
    parts.push(' '.repeat(parser.startIndex - done), piece)
    done = end
  }
  const tag = (name: string, isImplied: boolean) => {
    if (!isImplied && !INLINE.has(name)) put('\n\n', parser.startIndex + 2)
  }
  const parser: Parser = new Parser(
    {
      onopentag(name, _attributes, isImplied) {
        if (HIDDEN.has(name)) hidden += 1
        tag(name, isImplied)
      },
      onclosetag(name, isImplied) {
        if (HIDDEN.has(name)) hidden -= 1
        tag(name, isImplied)
      },
      ontext(text) {
        const end = parser.endIndex + 1
        const length = end - parser.startIndex
        // Text of another length is a character reference, or the rest of a tag that the end of the text cuts off.
        const isText = text.length === length || html[parser.startIndex] === '&'
        if (hidden === 0 && isText) put(text.replaceAll(/\s/g, ' ').padEnd(length, REFERENCE_FILLER), end)
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  )
  parser.end(html)
  return parts.join('').padEnd(html.length)
}
