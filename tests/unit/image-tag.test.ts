import { imageTag } from '../../scripts/image-tag.js'

const push = { event: 'push', ref: 'refs/heads/main', runId: '77', attempt: '2' }
const november = new Date('2026-11-30T23:59:59Z')

it('is unique to the run and its attempt where nothing is published', () => {
  expect(imageTag({ ...push, event: 'pull_request', ref: 'refs/pull/5/merge' }, november, [])).toBe('ci-77-2')
  expect(imageTag({ ...push, ref: 'refs/heads/topic' }, november, ['v26.11.4'])).toBe('ci-77-2')
})

it.each([
  ['the first of a month', [], 'v26.11.1'],
  ['after others, by number and not by letter', ['v26.11.9', 'v26.11.10'], 'v26.11.11'],
  ['not after another month, year or a longer name', ['v26.1.5', 'v25.11.8', 'v26.11.3-pre', 'v26.11.x'], 'v26.11.1'],
])('counts on main: %s', (_, tags, expected) => {
  expect(imageTag(push, november, tags)).toBe(expected)
})

it('begins anew in January of the next year', () => {
  expect(imageTag(push, new Date('2027-01-01T00:00:00Z'), ['v26.12.3'])).toBe('v27.1.1')
})
