/** HTML as plain text of the same length, so that offsets in the text are offsets in the HTML. */
import { Parser } from 'htmlparser2'

/** Elements whose content is no text. */
const UNSEEN = new Set(['script', 'style', 'template', 'noscript', 'svg', 'iframe', 'object'])
/** Elements inside a line: their tags end no word's sentence. All others do, `br` among them. */
const INLINE = new Set(
  'a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q s samp small span strike strong sub sup time tt u var wbr'.split(
    ' ',
  ),
)
/**
 * Fills up a character reference: the format character WORD JOINER, which tokenisers drop and sentence rules pass over. What
 * ends with a character that these follow ends after them.
 */
export const REFERENCE_FILLER = '\u2060'

/**
 * The text of an HTML document or fragment: tags, comments and what is not shown are blanks, a block's tag holds line
 * breaks, and a character reference is its character followed by `REFERENCE_FILLER`. Never throws.
 *
 * @returns as many UTF-16 units as `html`; every character that stands for itself is where it was
 */
export function blankHtml(html: string): string {
  const parts: string[] = []
  let done = 0
  let unseen = 0
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
        if (UNSEEN.has(name)) unseen += 1
        tag(name, isImplied)
      },
      onclosetag(name, isImplied) {
        if (UNSEEN.has(name)) unseen -= 1
        tag(name, isImplied)
      },
      ontext(text) {
        const end = parser.endIndex + 1
        const length = end - parser.startIndex
        // Text of another length is a reference, or what is left of a tag that the end of the text cuts off.
        const isText = text.length === length || html[parser.startIndex] === '&'
        if (unseen === 0 && isText) put(text.replaceAll(/\s/g, ' ').padEnd(length, REFERENCE_FILLER), end)
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  )
  parser.end(html)
  return parts.join('').padEnd(html.length)
}
