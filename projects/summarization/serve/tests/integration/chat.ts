/** A stub of a language model behind a chat endpoint, and its answers, as OpenAI's API words them. */
import { type StubReply, startStubService } from '@servery/testkit'

export const COMPLETIONS = '/v1/chat/completions'

type Message = { readonly role: string; readonly content: string }
type ChatBody = { readonly messages: readonly Message[]; readonly [field: string]: unknown }
export type Chat = Awaited<ReturnType<typeof startChat>>
export const startChat = () => startStubService<ChatBody>({ [COMPLETIONS]: completion('A summary.') })

export function completion(content: unknown): StubReply {
  return { body: { object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content } }] } }
}
