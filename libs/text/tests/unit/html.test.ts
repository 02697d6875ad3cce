import { cpuTimeMs } from '@servery/testkit'
import fc from 'fast-check'
import { blankHtml, REFERENCE_FILLER } from '../../src/html.ts'

/** What was quadratic takes over ten seconds of CPU time at this length; all of it takes a few hundred milliseconds. */
const STALL_MS = 4_000
const plain = (html: string) => blankHtml(html).replaceAll(REFERENCE_FILLER, '').replaceAll(/\s+/g, ' ').trim()

describe('blankHtml', () => {
  it('keeps the text where it was', () => {
    const html = '<p class="a">Ann <b>Lee</b></p><!-- x --><p>lives in\nParis</p>'
    const text = blankHtml(html)
    expect(text).toHaveLength(html.length)
    for (const word of ['Ann', 'Lee', 'lives', 'Paris']) expect(text.indexOf(word)).toBe(html.indexOf(word))
    expect(text.trim().split(/\s+/)).toEqual(['Ann', 'Lee', 'lives', 'in', 'Paris'])
  })

  it('reads character references, in their own place', () => {
    const html = 'AT&amp;T caf&eacute; &#x1F600; &copy 5 &nope;'
    expect(plain(html)).toBe('AT&T café 😀 © 5 &nope;')
    expect(blankHtml(html).indexOf('é')).toBe(html.indexOf('&eacute;'))
  })

  it('ends a line at blocks and line breaks, not at inline tags or line ends of the source', () => {
    const lines = (html: string) => blankHtml(html).trim().split('\n\n').length
    expect(['a<p>b', 'a<br>b', 'a<li>b', 'a<br/>b', '<td>a</td>b'].map(lines)).toEqual([2, 2, 2, 2, 2])
    expect(['a<b>b', 'a</span>b', 'a\n\nb'].map(lines)).toEqual([1, 1, 1])
  })

  it.each([
    ['scripts and styles', '<script>var a = "<p>x</p>"</script><style>p {}</style>y', 'y'],
    ['a script that never ends', 'x<script>y', 'x'],
    ['a comparison', 'a < b > c', 'a < b > c'],
    ['a tag that never ends', 'a<p', 'a'],
    ['crossed and unopened tags', '<p>a</b></p></p>x', 'a x'],
    ['nothing', '', ''],
    ['plain text', 'no markup', 'no markup'],
  ])('reads %s', (_, html, text) => {
    expect(plain(html)).toBe(text)
  })

  it('answers the same length, and characters only where they stood, whatever it gets', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '</',
      'p',
      'b',
      '/>',
      '&',
      'amp',
      ';',
      '#',
      'x1F600',
      '"',
      '=',
      ' ',
      '\n',
      '<!--',
      '-->',
      '<script',
      '<![CDATA[',
      ']]>',
      '<br',
      'é',
      '😀',
      '\ud83d',
      '\0',
      '<?',
      '<title>',
      '</script>',
      '<svg',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const html = pieces.join('')
        const text = blankHtml(html)
        expect(text).toHaveLength(html.length)
        if (html.includes('&')) return
        for (let i = 0; i < text.length; i++) if (!/\s/.test(text[i]!)) expect(text[i]).toBe(html[i])
      }),
      { numRuns: 2_000 },
    )
  })

  it.each(['<', '<p>', '<div>', '&amp;', '<a ', '<b>x', '<!--', '<table><tr><td>'])(
    'takes 200,000 characters of %s',
    (unit) => {
      const html = unit.repeat(200_000 / unit.length)
      const begin = cpuTimeMs()
      expect(blankHtml(html)).toHaveLength(html.length)
      expect(cpuTimeMs() - begin).toBeLessThan(STALL_MS)
    },
  )
})
