import { cpuTimeMs } from '@servery/testkit'
import fc from 'fast-check'
import { splitSentences } from '../../src/sentences.ts'

/** What was quadratic takes over ten seconds of CPU time at this length; all of it takes a few hundred milliseconds. */
const STALL_MS = 4_000
const texts = (text: string, language?: string) =>
  splitSentences(text, language).map(({ start, end }) => text.slice(start, end))

describe('splitSentences', () => {
  it.each([
    ['Yes. No! Why? “Go.” She left…  Then she came.', ['Yes.', 'No!', 'Why?', '“Go.”', 'She left…  Then she came.']],
    ['Dr. Smith met Mr. J. R. Jones. They left.', ['Dr. Smith met Mr. J. R. Jones.', 'They left.']],
    ['In the U.S. Army. In the U.S. The end.', ['In the U.S. Army.', 'In the U.S.', 'The end.']],
    ['At 5 p.m. Monday. He left at 6 p.m. He ate.', ['At 5 p.m. Monday.', 'He left at 6 p.m.', 'He ate.']],
    ['Apple Inc. CEO Cook. He runs Apple Inc. It grew.', ['Apple Inc. CEO Cook.', 'He runs Apple Inc.', 'It grew.']],
    ['On Jan. 5 see No. 10 and p. 3. I said no. I left.', ['On Jan. 5 see No. 10 and p. 3.', 'I said no.', 'I left.']],
    [
      'He met MR. WILL LEE on Main St. The car of St. Ives. Our rep. He said no.',
      ['He met MR. WILL LEE on Main St.', 'The car of St. Ives.', 'Our rep.', 'He said no.'],
    ],
    ['It costs 3.50 at example.com. Cheap.', ['It costs 3.50 at example.com.', 'Cheap.']],
    ['你好。世界！', ['你好。', '世界！']],
    ['مرحبا؟ نعم.', ['مرحبا؟', 'نعم.']],
    [' \n ', []],
    ['', []],
    ['no stop', ['no stop']],
  ])('of %j', (text, expected) => {
    expect(texts(text)).toEqual(expected)
  })

  it('ends a sentence at a blank line, a list item and a short line, not where a line was wrapped', () => {
    const wrapped = `This is a long line that some old mail program has wrapped at\nseventy Characters`
    const long = `This is a long line that some old mail program has wrapped after\nMs. Jones wrote it`
    expect(texts(`Ann Lee\nBob Ray\n\n${wrapped}\n- one\r\n- two`)).toEqual([
      'Ann Lee',
      'Bob Ray',
      wrapped,
      '- one',
      '- two',
    ])
    expect(texts(long)).toEqual([long])
    expect(texts(`${long.slice(0, 64)}\n\nNew`)).toEqual([long.slice(0, 64), 'New'])
  })

  it('knows English abbreviations in English only', () => {
    expect(texts('Das war Dr. Wer da.', 'de')).toEqual(['Das war Dr.', 'Wer da.'])
    expect(texts('That was Dr. Who there.', 'en-GB')).toEqual(['That was Dr. Who there.'])
  })

  it.each(['', '-', 'x', '%', 'klingon', 'en-', 'pt-BR'])('takes the language %j', (language) => {
    expect(texts('One. Two.', language)).toEqual(['One.', 'Two.'])
  })

  it('keeps every character but white space, once, in order', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('. ', '.\n', 'Dr. ', 'A. ', '\r\n', '\n\n', '? ', 'word ', '1. ', '"', 'x'.repeat(70)),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('')
        let end = 0
        for (const sentence of splitSentences(text)) {
          expect(text.slice(end, sentence.start).trim()).toBe('')
          expect(text.slice(sentence.start, sentence.end)).toBe(text.slice(sentence.start, sentence.end).trim())
          expect(sentence.end).toBeGreaterThan(sentence.start)
          end = sentence.end
        }
        expect(text.slice(end).trim()).toBe('')
      }),
    )
  })

  it('finds in a long text what it finds in its parts', () => {
    const part = `${'Ann met Mr. Lee at 5 p.m. in the U.S. Capitol. '.repeat(3)}${'It went on and on '.repeat(200)}and ended. `
    expect(texts(part.repeat(5))).toEqual([
      ...texts(part),
      ...texts(part),
      ...texts(part),
      ...texts(part),
      ...texts(part),
    ])
  })

  it.each(['word ', 'A short one. ', 'A. 1 ', '\n', 'a \n', '. ', 'U.', 'lower\n', `\n${' '.repeat(999)}`])(
    'takes 200,000 characters of %j',
    (unit) => {
      const text = unit.repeat(200_000 / unit.length)
      const begin = cpuTimeMs()
      splitSentences(text)
      expect(cpuTimeMs() - begin).toBeLessThan(STALL_MS)
    },
  )
})
