// Prints the image tag of this CI run: ci-<run>-<attempt>, or v<YY>.<M>.<n> on the main branch.
import { execFileSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'

/**
 * @param {{event: string, ref: string, runId: string, attempt: string}} run in GitHub's terms
 * @param {Date} date used in UTC
 * @param {string[]} gitTags all tags of the repository
 */
export function imageTag({ event, ref, runId, attempt }, date, gitTags) {
  if (event !== 'push' || ref !== 'refs/heads/main') return `ci-${runId}-${attempt}`
  const month = `v${String(date.getUTCFullYear() % 100).padStart(2, '0')}.${date.getUTCMonth() + 1}`
  const numbers = gitTags
    .filter((tag) => tag.startsWith(`${month}.`))
    .map((tag) => tag.slice(month.length + 1))
    .filter((number) => /^\d+$/.test(number))
    .map(Number)
  return `${month}.${Math.max(0, ...numbers) + 1}`
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { GITHUB_EVENT_NAME, GITHUB_REF, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT } = process.env
  const run = { event: GITHUB_EVENT_NAME, ref: GITHUB_REF, runId: GITHUB_RUN_ID, attempt: GITHUB_RUN_ATTEMPT }
  const tags = execFileSync('git', ['tag'], { encoding: 'utf8' }).split('\n').filter(Boolean)
  console.log(imageTag(run, new Date(), tags))
}
