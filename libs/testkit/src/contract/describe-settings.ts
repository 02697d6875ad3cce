/** What a definition says of languages and of the variables of its project. */
import { type TSchema, Type, Value } from '@servery/schema'
import { itemsOf } from '@servery/serving'
import type { Contract } from './contract.ts'

export function describeSettings(contract: Contract): void {
  for (const setting of contract.languageSettings) describeLanguages(contract, setting)
  const { params } = contract.servedModel
  if (params !== undefined)
    it('describes every variable of its own', () => {
      for (const field of Object.values(params.properties)) expect(field).toHaveProperty('description')
    })
  if (contract.services.length > 0) describeRunner(contract)
}

function describeLanguages({ servedModel, inputOf }: Contract, setting: string): void {
  const ask = (language: unknown) =>
    itemsOf(servedModel, { configuration: { [setting]: language }, inputs: [inputOf('a')] })

  it(`takes the languages of its bio as ${setting}, and null where its schema does`, () => {
    const schema = servedModel.operations.predict.configuration.properties[setting] as TSchema
    const languages = [...((servedModel.bio?.languages ?? []) as unknown[]), null]
    for (const language of languages) if (Value.Check(schema, language)) expect(ask(language)).toHaveLength(1)
  })

  it.each(['xx', 'constructor', ''])(
    `refuses ${setting} %j, and says where, and which languages there are`,
    (language) => {
      const violations = [expect.objectContaining({ pointer: `/configuration/${setting}` })]
      expect(() => ask(language)).toThrow(
        expect.objectContaining({
          code: 'UNSUPPORTED_LANGUAGE',
          message: expect.stringMatching(/languages|bio/),
          violations,
        }),
      )
    },
  )
}

function describeRunner({ servedModel: { runner, runnerFor, params }, services }: Contract): void {
  const defaults = Value.Default(params ?? Type.Object({}), {}) as object
  const runnerWith = (settings: object) => runnerFor?.({ device: 'cpu', ...defaults, ...settings })

  it('waits on the network only where a service is set', () => {
    expect(runnerWith({})).toBe(runner)
    for (const name of services) expect(runnerWith({ [name]: 'http://127.0.0.1:1' })).toBe('async')
  })
}
