// One configuration for every package. Tests import compiled libraries by package name, so `make build` comes first.
// Tiers that need nothing but Node; TIER names another one, which needs more: containers, registry, chaos.
const tier = process.env.TIER ?? '{unit,integration,functional}'

export default {
  testEnvironment: '<rootDir>/libs/testkit/dist/jest-environment.js',
  testMatch: ['tests', '{libs/*,projects/*/serve}/tests'].map((folder) => `<rootDir>/${folder}/${tier}/**/*.test.ts`),
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
  },
  modulePathIgnorePatterns: ['/dist/.*/package.json', '<rootDir>/projects/[^/]+/serve/models/', '<rootDir>/tmp/'],
  testTimeout: process.env.TIER ? 1_200_000 : 300_000,
}
