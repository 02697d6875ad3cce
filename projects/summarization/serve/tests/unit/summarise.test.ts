import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { select } from '../../src/extractive/select.ts'
import { sentencesOf } from '../../src/extractive/sentences.ts'
import { summarise } from '../../src/extractive/summarise.ts'
import { LANGUAGES, type Language } from '../../src/languages.ts'

const { texts } = JSON.parse(readFileSync(path.join(import.meta.dirname, 'news.json'), 'utf8')) as {
  texts: { lang: Language; content: string }[]
}
const english = texts.filter(({ lang }) => lang === 'en').map(({ content }) => content)
const countWords = (text: string) => text.split(/\s+/).filter(Boolean).length

describe('a summary', () => {
  it.each(english.map((content, i) => [i, content]))(
    'text %i: sentences verbatim, in order, no longer than wished',
    (_, content) => {
      for (const length of [15, 30, 60]) {
        const summary = summarise(content, 'en', length)
        expect(countWords(summary)).toBeLessThanOrEqual(length)
        expect(summary).not.toBe('')
        let from = 0
        for (const sentence of summary.split(/(?<=[.!?]) (?=[A-Z])/)) {
          const at = content.indexOf(sentence, from)
          expect([sentence, at >= from]).toEqual([sentence, true])
          from = at + sentence.length
        }
      }
    },
  )

  it('is the whole text where that is short enough', () => {
    expect(summarise('One. Two words.\nThree.', 'en', 4)).toBe('One. Two words. Three.')
  })

  it('is the shortest sentence where none is short enough', () => {
    expect(
      summarise('A very long first sentence. A shorter one. And the longest sentence of all three.', 'en', 2),
    ).toBe('A shorter one.')
  })

  it.each(['', ' \n ', '…', '--- !!!'])('of %j is empty', (content) => {
    expect(summarise(content, 'en', 10)).toBe('')
  })

  it('says nothing twice', () => {
    const repeated = 'The ferry to the island stops in May. '
    const content = `${repeated.repeat(3)}A new ferry for the island is built in Gdansk. Nobody said why.`
    expect(summarise(content, 'en', 22)).toBe(`${repeated}A new ferry for the island is built in Gdansk.`)
  })

  it('never fails and never exceeds the length that a text allows', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (content, length) => {
        const summary = summarise(content, 'en', length)
        expect(summary.length).toBeLessThanOrEqual(content.length + 1)
      }),
    )
  })

  it.each(LANGUAGES)('of %s has sentences of its text', (language) => {
    const text = texts.find(({ lang }) => lang === language) ?? { content: LANGUAGE_TEXTS[language] as string }
    const summary = summarise(text.content, language, 15)
    expect(summary.length).toBeGreaterThan(5)
    expect(summary.length).toBeLessThan(text.content.length)
  })
})

describe('which sentences are chosen', () => {
  const plain =
    'Researchers measured glacier melt in Greenland. The melt of the glacier doubled in ten years. A festival was held nearby. Melt water of the glacier raises the sea.'

  /** Of so many sentences, whatever their lengths. */
  const chosenOf = (sentences: string[], count: number) =>
    select(
      sentencesOf(sentences.join(' '), 'en').map((sentence) => ({ ...sentence, length: 1 })),
      count,
    )

  it.each([0, 1, 2, 3])('is not moved by "we" in sentence %i', (place) => {
    const sentences = plain.split(/(?<=\.) /)
    const changed = sentences.map((sentence, i) => (i === place ? sentence.replace(' ', ' we ') : sentence))
    expect(changed.join(' ')).not.toBe(sentences.join(' '))
    for (const count of [1, 2, 3]) expect(chosenOf(changed, count)).toEqual(chosenOf(sentences, count))
  })

  it('is what the rest of the text goes on about, not what stands first', () => {
    const content = `A festival was held in town. ${plain
      .split('. ')
      .filter((sentence) => !sentence.includes('festival'))
      .join('. ')}`
    expect(summarise(content, 'en', 10)).toContain('glacier')
  })
})

const LANGUAGE_TEXTS: Partial<Record<Language, string>> = {
  fr: 'Le conseil municipal a voté la réouverture de la piscine. La piscine, fermée depuis deux ans, sera rénovée. Les travaux de la piscine coûteront deux millions. Il a plu mardi. Les écoles retrouveront la piscine en juin.',
  de: 'Der Stadtrat hat die Wiedereröffnung des Schwimmbads beschlossen. Das Schwimmbad war zwei Jahre geschlossen. Die Sanierung des Schwimmbads kostet zwei Millionen. Am Dienstag regnete es. Die Schulen nutzen das Schwimmbad ab Juni.',
  it: 'Il consiglio ha votato la riapertura della piscina comunale. La piscina era chiusa da due anni. I lavori della piscina costeranno due milioni. Martedì pioveva. Le scuole useranno la piscina da giugno.',
  es: 'El ayuntamiento votó la reapertura de la piscina municipal. La piscina llevaba dos años cerrada. Las obras de la piscina costarán dos millones. El martes llovió. Los colegios usarán la piscina desde junio.',
  ca: "L'ajuntament ha votat la reobertura de la piscina municipal. La piscina feia dos anys que era tancada. Les obres de la piscina costaran dos milions. Dimarts va ploure. Les escoles faran servir la piscina al juny.",
  pt: 'A câmara votou a reabertura da piscina municipal. A piscina estava fechada há dois anos. As obras da piscina custarão dois milhões. Na terça-feira choveu. As escolas usarão a piscina em junho.',
  zh: '市议会投票决定重新开放游泳池。游泳池已经关闭了两年。游泳池的翻修将耗资两百万。星期二下雨了。学校从六月起将使用游泳池。',
  'zh-t':
    '市議會投票決定重新開放游泳池。游泳池已經關閉了兩年。游泳池的翻修將耗資兩百萬。星期二下雨了。學校從六月起將使用游泳池。',
  ja: '市議会は市民プールの再開を決めた。プールは二年間閉鎖されていた。プールの改修には二百万かかる。火曜日は雨だった。学校は六月からプールを使う。',
  ko: '시의회는 수영장 재개장을 의결했다. 수영장은 2년 동안 닫혀 있었다. 수영장 공사에는 200만이 든다. 화요일에는 비가 왔다. 학교는 6월부터 수영장을 쓴다.',
}
