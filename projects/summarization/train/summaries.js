// Prints the table of the README: the texts of news.json, summarised by the code that serves, unedited.
import { readFileSync } from 'node:fs'
import { summarise } from '../serve/dist/extractive/summarise.js'

const LENGTH = 40
const { texts } = JSON.parse(readFileSync(new URL('../serve/tests/unit/news.json', import.meta.url), 'utf8'))
console.log('| text | summary |\n|---|---|')
for (const { lang, content } of texts) console.log(`| ${content} | ${summarise(content, lang, LENGTH)} |`)
