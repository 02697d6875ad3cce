/** What a definition says of languages and of the variables of its project. */
import { itemsOf, type ModelDefinition } from '@servery/serving'
import type { TObject, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import type { Contract } from './contract.ts'

const ADDRESS = 'http://127.0.0.1:1'

export function describeSettings(contract: Contract): void {
  for (const setting of contract.languageSettings) describeLanguages(contract, setting)
  const { params, runnerFor } = contract.servedModel
  if (params !== undefined)
    it('describes every variable of its own', () => {
      for (const field of Object.values(params.properties)) expect(field).toHaveProperty('description')
    })
  if (params !== undefined && runnerFor !== undefined) describeRunner(contract.servedModel, params, runnerFor)
}

function describeLanguages({ servedModel, inputOf }: Contract, setting: string): void {
  const ask = (language: unknown) =>
    itemsOf(servedModel, { configuration: { [setting]: language }, inputs: [inputOf('a')] })

  it(`takes the languages of its bio as ${setting}, and null where its schema does`, () => {
    const schema = servedModel.operations.predict.configuration.properties[setting] as TSchema
    const languages = [...((servedModel.bio?.languages ?? []) as unknown[]), null]
    for (const language of languages) if (Value.Check(schema, language)) expect(ask(language)).toHaveLength(1)
  })

  it.each(['xx', 'constructor', ''])(`refuses ${setting} %j, and says where`, (language) => {
    const violations = [expect.objectContaining({ pointer: `/configuration/${setting}` })]
    expect(() => ask(language)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_LANGUAGE', violations }))
  })
}

/** A variable that takes an address and nothing else names a service. */
function describeRunner({ runner }: ModelDefinition, params: TObject, runnerFor: RunnerFor): void {
  const runnerWith = (settings: object) =>
    runnerFor({ device: 'cpu', ...(Value.Default(params, {}) as object), ...settings })
  const isService = (field: TSchema) => Value.Check(field, ADDRESS) && !Value.Check(field, 'no address')

  it('waits on the network only where a service is set', () => {
    const services = Object.entries(params.properties).filter(([, field]) => isService(field))
    expect(services).not.toEqual([])
    expect(runnerWith({})).toBe(runner)
    for (const [name] of services) expect(runnerWith({ [name]: ADDRESS })).toBe('async')
  })
}

type RunnerFor = NonNullable<ModelDefinition['runnerFor']>
