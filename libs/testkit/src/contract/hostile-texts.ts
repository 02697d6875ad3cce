/** Texts that models stumble over. Every model must answer each of them. */

export type HostileText = readonly [what: string, text: string]

export const HOSTILE_TEXTS: readonly HostileText[] = [
  ['empty', ''],
  ['blank', ' \t\n '],
  ['punctuation only', '?!… — ()'],
  ['one character', 'a'],
  ['emoji', '👍🏽👨‍👩‍👧‍👦 Ann Lee, great day'],
  ['a lone surrogate', 'bad \ud83d text about Lisbon \udc00'],
  ['mixed scripts', 'Tokyo 東京 Токио טוקיו طوكيو โตเกียว'],
  ['right to left', 'مدينة الميناء تحصل على الطاقة من البحر'],
  ['literal special tokens', '[CLS] Ann Lee was good [SEP] [MASK] of [UNK] [PAD]'],
  ['markup', '<b>Ann</b> &amp; <script>Rome</script> awful'],
  ['nulls', '\0'.repeat(100)],
  ['line breaks', 'a\r\nb\n\nc\u2028d'],
]

/** Among the longest that a server takes by default, 200,000 characters. Asked over HTTP alone: a model may take seconds. */
export const LONGEST_TEXTS: readonly HostileText[] = [
  ['many sentences', 'Marta Oyelaran joined Northwind Rail in Lisbon. It was not bad. '.repeat(3_000)],
  ['one long sentence', 'good and bad but Marta and '.repeat(3_500)],
  ['one long word', 'x'.repeat(150_000)],
]
