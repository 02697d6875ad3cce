import { int8Instructions } from '../../src/machine/int8-instructions.ts'

it.each([
  ['x64', 'flags\t\t: fpu avx2 avx512f avx512_vnni', 'vnni'],
  ['x64', 'processor\t: 0\nflags\t\t: fpu avx2 avx_vnni fma', 'vnni'],
  ['x64', 'flags\t\t: fpu avx2 avx512f', 'none'],
  ['arm64', 'Features\t: fp asimd asimddp', 'dot-product'],
  ['arm64', 'Features\t: fp asimd', 'none'],
  ['x64', '', 'unknown'],
  ['riscv64', 'flags\t\t: avx_vnni', 'unknown'],
])('%s with "%s" has %s', (architecture, cpuInfo, expected) => {
  expect(int8Instructions(architecture, cpuInfo)).toBe(expected)
})
