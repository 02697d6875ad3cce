/**
 * The prompts for the language model, one file per language of the summary. The document is never part of the
 * instruction: it is a separate message in JSON, so that it cannot be read as an instruction.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { LANGUAGES, type Language } from '../languages.ts'

export interface Message {
  readonly role: 'system' | 'user'
  readonly content: string
}

export type Prompts = ReadonlyMap<Language, string>

/** @param directory holds `<language>.txt` */
export function readPrompts(directory: string): Prompts {
  return new Map(
    LANGUAGES.map((language) => [language, readFileSync(path.join(directory, `${language}.txt`), 'utf8').trim()]),
  )
}

export function messagesFor(text: string, language: Language, length: number, prompts: Prompts): Message[] {
  const instruction = (prompts.get(language) as string).replaceAll('{desired_length}', String(length))
  return [
    { role: 'system', content: instruction },
    { role: 'user', content: JSON.stringify({ text }) },
  ]
}
