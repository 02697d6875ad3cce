// node bench/models/projects.js: the private memory of one server of all projects, over that of a server for each, after some requests
// of each model's example.
import path from 'node:path'
import { encodeRequest } from '@servery/serving'
import { privateMegabytes } from '../engine/processes.js'
import { figure } from '../figures.js'
import { round, startServer } from '../server.js'
import { connect, predictRoute } from './client.js'
import { moduleOf, PROJECTS, startHost, versionOf } from './host/repository.js'
import { report } from './report.js'

const ROUNDS = Number(process.env.ROUNDS ?? 3)
const REQUESTS = Number(process.env.REQUESTS ?? 100)
const CONNECTIONS = 8
const root = path.join(import.meta.dirname, '../..')

const bodies = new Map(
  await Promise.all(
    PROJECTS.map(async (project) => {
      const { default: definition } = await import(path.join(root, moduleOf(project)))
      const { predict } = definition.operations
      return [project, encodeRequest(predict, predict.example)]
    }),
  ),
)
const environment = { SERVERY_MODELS: PROJECTS.map((project) => `${project}=${versionOf(project)}`).join(',') }
const [together, apart] = [[], []]
for (let i = 0; i < ROUNDS; i++) {
  together.push(await measure([{ server: await startHost(PROJECTS, environment), projects: PROJECTS }]))
  const servers = []
  for (const project of PROJECTS) servers.push({ server: await startServer(project), projects: [project] })
  apart.push(await measure(servers))
  console.log(`round ${i + 1} of ${ROUNDS}: ${round(together.at(-1))} MB together, ${round(apart.at(-1))} MB apart`)
}
report('projects', { rounds: ROUNDS, requests: REQUESTS }, [
  figure(`${PROJECTS.length} projects in one server: private MB of all processes`, together),
  figure(`${PROJECTS.length} projects in a server each: private MB of all processes`, apart),
  figure(
    'One server over a server each',
    together.map((each, i) => each / apart[i]),
    0.67,
    true,
  ),
])

/** @returns private megabytes of all processes, once every model has answered */
async function measure(servers) {
  for (const { server, projects } of servers) for (const project of projects) await ask(server, project)
  const each = servers.map(({ server }) => server.pids().map(privateMegabytes))
  for (const [i, { projects }] of servers.entries())
    console.log(`${projects.join(', ')}: ${each[i].map(Math.round).join(', ')} MB`)
  await Promise.all(servers.map(({ server }) => server.stop()))
  return each.flat().reduce((a, b) => a + b, 0)
}

async function ask(server, project) {
  const client = connect(server.url, CONNECTIONS)
  let left = REQUESTS
  const loop = async () => {
    while (left-- > 0) await client.answer(predictRoute(project), bodies.get(project))
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, loop))
  client.close()
}
