import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Floors 0 to 5 decide as functions of (now, input); clocks, timers, randomness and I/O belong to floor 6.
const FLOOR_6 = [
  'src/threads/**',
  'src/bench/**',
  'src/cli/**',
  'src/daemon/**',
  'src/linux/**',
  'src/stores/**',
  'src/web/**',
];

const NO_CLOCK_OR_IO = [
  'Date',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'console',
  'process',
  'Buffer',
];

const NODE_IMPORTS = {
  regex: '^node:',
  message: 'node: modules belong to floor 6 (and src/engine/open-*node.ts).',
};
const LINUX_IMPORTS = { regex: '^koffi(/|$)', message: 'koffi is imported only in src/linux.' };
const STORE_IMPORTS = {
  regex: '^(etcd3|classic-level)(/|$)',
  message: 'etcd3 and classic-level are imported only in src/stores.',
};
const restrictImports = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

const NO_ENUM = {
  selector: 'TSEnumDeclaration',
  message: 'No enum: use `const X = { ... } as const` and a union.',
};
const NO_DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
  message: 'No default exports.',
};

export default defineConfig(
  {
    ignores: [
      'node_modules',
      'dist',
      'build',
      'coverage',
      '**/*.generated.ts',
      'assembly/**',
      '!assembly/layout.ts',
      'test/browser/page/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  tseslint.configs.base,
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'types/**/*.ts', '*.config.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.check.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/restrict-plus-operands': ['error', { allowNumberAndString: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Indexed access is `T | undefined` here (noUncheckedIndexedAccess); after a bounds check `!` says "in range".
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Decoders and codes from memory are checked against types that promise more than bytes can.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  {
    files: ['src/**/*.ts', 'assembly/layout.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', NO_ENUM, NO_DEFAULT_EXPORT] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: FLOOR_6,
    rules: {
      'no-restricted-globals': ['error', ...NO_CLOCK_OR_IO],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Use the Random that the constructor was given.' },
        ...NO_CLOCK_OR_IO.map((property) => ({ object: 'globalThis', property })),
      ],
      ...restrictImports(NODE_IMPORTS, LINUX_IMPORTS, STORE_IMPORTS),
    },
  },
  {
    files: ['src/engine/open-node.ts', 'src/engine/open-research-node.ts', 'src/cli/**', 'src/daemon/**'],
    rules: restrictImports(LINUX_IMPORTS, STORE_IMPORTS),
  },
  { files: ['src/linux/**'], rules: restrictImports(STORE_IMPORTS) },
  { files: ['src/stores/**'], rules: restrictImports(LINUX_IMPORTS) },
  { files: ['src/web/**'], rules: restrictImports(NODE_IMPORTS, LINUX_IMPORTS, STORE_IMPORTS) },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
