import { defineConfig } from 'vitest/config';

/**
 * Laws of what has no state: files of these folders share the modules of their thread. They are loaded, and made fast,
 * once instead of a hundred times. A file that changes what others see (spies, mocks, the environment) has no place here:
 * test/stateless.test.ts.
 */
export const STATELESS = [
  'base',
  'import',
  'ios',
  'lpm',
  'mapping',
  'roles',
  'router',
  'scenarios',
  'tables',
  'wire',
];
const SHARED = STATELESS.map((folder) => `test/${folder}/**/*.test.ts`);
const ALL = 'test/**/*.test.ts';
const NEVER = ['**/node_modules/**', 'test/browser/page/**'];

// `--mode long` (npm run test:laws) sets PXTR_LONG=1: time-boxed tests take minutes instead of seconds.
export default defineConfig(({ mode }) => {
  const long = mode === 'long' || process.env['PXTR_LONG'] === '1';
  return {
    test: {
      globalSetup: ['test/support/is-built.ts'],
      env: long ? { PXTR_LONG: '1' } : {},
      pool: 'threads',
      maxWorkers: 2,
      testTimeout: long ? 600_000 : 20_000,
      hookTimeout: 60_000,
      unstubEnvs: true,
      restoreMocks: true,
      projects: [
        { extends: true, test: { name: 'stateless', include: SHARED, exclude: NEVER, isolate: false } },
        { extends: true, test: { name: 'others', include: [ALL], exclude: [...NEVER, ...SHARED] } },
      ],
    },
  };
});
