/** The check of imports that `make lint` runs. */
import { importCircles, readSources, wrongArrows } from '../../scripts/check-rooms.js'
import { ROOT } from '../checkout.ts'

const A = 'libs/toy/src/a.ts'
const B = 'libs/toy/src/b.ts'
const C = 'projects/toy/serve/src/deep/c.ts'
const D = 'projects/toy/serve/src/d.ts'

describe('import circles', () => {
  it('finds one of two type-only imports', () => {
    const sources = { [A]: "import type { Second } from './b.ts'", [B]: "import { type First } from './a.ts'" }
    expect(importCircles(sources)).toEqual([[A, B, A]])
  })

  it('finds one through export … from, across folders and lines', () => {
    const sources = { [C]: "export {\n  one,\n  two,\n} from '../d.ts'", [D]: "export * from './deep/c.ts'" }
    expect(importCircles(sources)).toEqual([[C, D, C]])
  })

  it('finds one that closes by a dynamic import, and names only its own files', () => {
    const sources = { [A]: "import './b.ts'", [B]: "import './c.ts'", 'libs/toy/src/c.ts': "await import('./b.ts')" }
    expect(importCircles(sources)).toEqual([[B, 'libs/toy/src/c.ts', B]])
  })

  it('finds none where two ways lead to the same file', () => {
    const sources = { [A]: "import './b.ts'\nimport './c.ts'", [B]: "import './c.ts'", 'libs/toy/src/c.ts': '' }
    expect(importCircles(sources)).toEqual([])
  })

  it('finds none in load-testing', () => {
    const own = Object.entries(readSources(ROOT)).filter(([file]) => file.startsWith('libs/load-testing/'))
    expect(own.length).toBeGreaterThan(20)
    expect(importCircles(Object.fromEntries(own))).toEqual([])
  })
})

describe('arrows', () => {
  const rules = {
    'libs/toy/src': { low: [], high: ['low'] },
    packages: { toy: ['core'], core: [], testkit: ['core'] },
    entries: ['@servery/core/light'],
    only: { 'onnxruntime-node': ['libs/onnx'], '@servery/core': ['libs', 'projects/*/serve/src/e.ts'] },
  }
  const faults = (file: string, source: string) => wrongArrows({ [file]: source }, rules)

  it.each([
    ['a room above', 'libs/toy/src/low/a.ts', "export type { B } from '../high/b.ts'", /room low may not import high/],
    ['the top of a package', 'libs/toy/src/low/a.ts', "import '../b.ts'", /room low may not import libs\/toy\/src\/b/],
    ['a package that is not allowed', A, "import type { T } from '@servery/testkit'", /toy may not import testkit/],
    ['a file of a package', A, "import '@servery/core/dist/errors.js'", /reaches into a package/],
    ['what only one package may import', A, "import 'onnxruntime-node'", /only libs\/onnx may import/],
    [
      'a file of a project that is not the one which may',
      D,
      "import '@servery/core'",
      /only libs, .* may import @servery.core/,
    ],
    ['testkit in a project', D, "import '@servery/testkit'", /a project may not import testkit/],
  ])('refuses %s', (_, file, source, sentence) => {
    expect(faults(file, source)).toEqual([expect.stringMatching(sentence)])
  })

  it('allows a room below, every room from the top, and a package that is listed', () => {
    expect(faults('libs/toy/src/high/a.ts', "import '../low/b.ts'")).toEqual([])
    expect(faults(A, "import './high/a.ts'\nimport '@servery/core'")).toEqual([])
    expect(faults('projects/toy/serve/src/e.ts', "import '@servery/core'")).toEqual([])
    expect(faults(D, "import '@servery/core/light'")).toEqual([])
  })
})
