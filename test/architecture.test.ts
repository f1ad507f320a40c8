// Holds the tree to the table of floors. Each rule is first shown bad snippets that it must refuse: a rule that cannot
// fail protects nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  cycleViolations,
  danglingViolations,
  engineExportKeys,
  entryViolations,
  exportViolations,
  globalViolations,
  importViolations,
  parseSource,
  readWasm,
  reasonCodes,
  reasonTextViolations,
  type Source,
  syntaxViolations,
  wasmViolations,
} from './support/architecture.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Every TypeScript source below a folder, generated files left out; none when the folder is absent. */
function readTree(folder: string): Source[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.generated.ts'))
    .sort()
    .map((path) => parseSource(path, readFileSync(join(ROOT, path), 'utf8')));
}

const src = readTree('src');
const assembly = readTree('assembly');
const all = [...src, ...assembly];
const fileAt = (path: string): Source | undefined => all.find((source) => source.path === path);

describe('imports', () => {
  const importing = (path: string, ...specifiers: string[]): string[] =>
    importViolations(parseSource(path, specifiers.map((s) => `import { x } from '${s}';`).join('\n')));

  it('the tree keeps the table of floors', () => {
    expect(all.flatMap(importViolations)).toEqual([]);
  });

  it.each([
    ['src/base/ip.ts', '../wire/afi.ts'],
    ['src/wire/afi.ts', '../mapping/eid.ts'],
    ['src/mapping/eid.ts', '../wire/afi.ts'],
    ['src/roles/itr.ts', '../engine/engine.ts'],
    ['src/roles/itr.ts', '../../assembly/layout.ts'],
    ['src/engine/engine.ts', '../roles/itr.ts'],
    ['src/engine/engine.ts', '../../assembly/control.ts'],
    ['src/router/router.ts', '../sim/lab.ts'],
    ['src/router/router.ts', '../../assembly/layout.ts'],
    ['src/ios/parse.ts', '../sim/lab.ts'],
    ['src/sim/network.ts', '../ios/parse.ts'],
    ['src/stores/level.ts', '../roles/itr.ts'],
    ['src/linux/tun.ts', '../roles/itr.ts'],
    ['src/cli/main.ts', '../daemon/main.ts'],
    ['src/cli/main.ts', '../web/main.ts'],
    ['src/cli/main.ts', '../index.ts'],
    ['src/web/main.ts', '../daemon/main.ts'],
    ['src/index.ts', './cli/main.ts'],
    ['src/index.ts', './engine/open-url.ts'],
    ['src/entries/sim.ts', '../cli/main.ts'],
    ['src/entries/engine.ts', '../threads/worker-pool.ts'],
    ['src/entries/workers.ts', '../cli/main.ts'],
    ['src/threads/worker-pool.ts', '../router/router.ts'],
    ['src/bench/updates.ts', '../threads/worker-pool.ts'],
    ['src/entries/sim.ts', '../index.ts'],
    ['src/entries/url.ts', '../engine/open-node.ts'],
    ['src/entries/research.ts', '../engine/open-research-node.ts'],
    ['src/index.ts', './engine/open-research-node.ts'],
    ['src/sim/lab.ts', '../entries/wire.ts'],
    ['src/cli/main.ts', '../entries/sim.ts'],
    ['src/cli/main.ts', '../engine/open-node.ts'],
    ['src/base/ip.ts', '../../bench/run.ts'],
    ['src/helpers/x.ts', '../base/ip.ts'],
    ['src/extra.ts', './base/ip.ts'],
  ])('%s may not import %s', (path, specifier) => {
    expect(importing(path, specifier)).toHaveLength(1);
  });

  it.each([
    ['src/wire/afi.ts', '@noble/hashes/hmac.js'],
    ['src/engine/engine.ts', '@assemblyscript/loader'],
    ['src/router/router.ts', 'valibot'],
    ['src/sim/network.ts', 'yaml'],
    ['src/sim/lab.ts', 'commander'],
    ['src/daemon/main.ts', 'picocolors'],
    ['src/daemon/main.ts', 'koffi'],
    ['src/cli/main.ts', 'left-pad'],
    ['src/cli/main.ts', 'constructor'],
    ['src/cli/main.ts', 'fs'],
  ])('%s may not import package %s', (path, specifier) => {
    expect(importing(path, specifier)).toHaveLength(1);
  });

  it.each([
    ['src/sim/lab.ts'],
    ['src/engine/open-url.ts'],
    ['src/web/main.ts'],
    ['src/index.ts'],
    ['src/entries/url-node.ts'],
  ])('%s may not import node:fs', (path) => {
    expect(importing(path, 'node:fs')).toHaveLength(1);
  });

  it.each([
    ['src/wire/afi.ts', '../base/ip.ts'],
    ['src/base/mac.ts', '@noble/hashes/hmac.js'],
    ['src/engine/wasm.ts', '@assemblyscript/loader'],
    ['src/engine/memory.ts', '../../assembly/layout.ts'],
    ['src/engine/open-node.ts', 'node:fs'],
    ['src/engine/open-research-node.ts', 'node:fs'],
    ['src/cli/main.ts', '../engine/open-research-node.ts'],
    ['src/router/options-schema.ts', 'valibot'],
    ['src/sim/lab.ts', '../ios/parse.ts'],
    ['src/sim/lab-file.ts', 'yaml'],
    ['src/daemon/main.ts', '../linux/tun.ts'],
    ['src/cli/commands/lab.ts', 'commander'],
    ['src/index.ts', './sim/lab.ts'],
    ['src/index.ts', './entries/engine.ts'],
    ['src/entries/sim.ts', './wire.ts'],
    ['src/entries/sim.ts', '../sim/lab.ts'],
    ['src/entries/url.ts', '../engine/open-url.ts'],
    ['src/entries/url-node.ts', '../engine/open-node.ts'],
    ['src/entries/workers.ts', '../threads/worker-pool.ts'],
    ['src/threads/worker-pool.ts', 'node:worker_threads'],
    ['src/cli/bench-reader.ts', '../threads/worker-pool.ts'],
    ['assembly/lpm/poptrie.ts', '../bytes'],
  ])('%s may import %s', (path, specifier) => {
    expect(importing(path, specifier)).toEqual([]);
  });

  it('every form of import counts', () => {
    const forms = [
      `import '../sim/lab.ts';`,
      `import type { Lab } from '../sim/lab.ts';`,
      `export * from '../sim/lab.ts';`,
      `export { Lab } from '../sim/lab.ts';`,
      `export type X = import('../sim/lab.ts').Lab;`,
      `const lab = await import('../sim/lab.ts');`,
      `const lab = require('../sim/lab.ts');`,
      'const lab = await import(`../sim/${name}.ts`);',
    ];
    for (const form of forms)
      expect(importViolations(parseSource('src/base/ip.ts', form)), form).toHaveLength(1);
  });

  it('text that looks like an import does not count', () => {
    const text = `// import '../sim/lab.ts';\nexport const s = "import '../sim/lab.ts'";`;
    expect(importViolations(parseSource('src/base/ip.ts', text))).toEqual([]);
  });

  it('cli reaches the daemon by import() and by types', () => {
    const text = `import type { D } from '../daemon/main.ts';\nexport const d = (): Promise<D> => import('../daemon/main.ts');`;
    expect(importViolations(parseSource('src/cli/main.ts', text))).toEqual([]);
  });

  it('assembly/ imports only assembly/, and layout.ts nothing', () => {
    expect(importing('assembly/index.ts', '../src/base/ip')).toHaveLength(1);
    expect(importing('assembly/index.ts', 'visitor-as')).toHaveLength(1);
    expect(importing('assembly/layout.ts', './bytes')).toHaveLength(1);
  });

  it('there are no import cycles', () => {
    expect(cycleViolations(all)).toEqual([]);
  });

  it('a cycle is found, through types and in assembly/ too', () => {
    const ring = (extension: string, folder: string): Source[] =>
      ['a', 'b', 'c'].map((name, i) =>
        parseSource(`${folder}/${name}.ts`, `import type { x } from './${'bca'[i]!}${extension}';`),
      );
    expect(cycleViolations(ring('.ts', 'src/base'))).toEqual([
      'src/base/a.ts: import cycle src/base/a.ts -> src/base/b.ts -> src/base/c.ts -> src/base/a.ts',
    ]);
    expect(cycleViolations(ring('', 'assembly'))).toHaveLength(1);
    expect(cycleViolations([parseSource('src/base/a.ts', `import './a.ts';`)])).toHaveLength(1);
    expect(cycleViolations(ring('.ts', 'src/base').slice(0, 2))).toEqual([]);
  });

  it('every relative import leads to a file', () => {
    expect(danglingViolations(all)).toEqual([]);
  });

  it('a dangling import is found', () => {
    expect(danglingViolations([parseSource('src/base/a.ts', `import './gone.ts';`)])).toHaveLength(1);
  });
});

describe('globals', () => {
  const using = (text: string, path = 'src/roles/itr.ts'): string[] =>
    globalViolations(parseSource(path, text));

  it('nothing below floor 6 has a clock, a timer, a console or its own randomness', () => {
    expect(src.flatMap(globalViolations)).toEqual([]);
  });

  it.each([
    'const t = Date.now();',
    'const d = new Date();',
    'let d: Date;',
    'const t = performance.now();',
    'setTimeout(() => 0, 1);',
    'setInterval(f, 1);',
    'setImmediate(f);',
    'queueMicrotask(f);',
    "console.log('x');",
    'const e = process.env;',
    'const b = Buffer.from([]);',
    "const r = await fetch('x');",
    "const r = await globalThis.fetch('x');",
    'const r = Math.random();',
    "const r = Math['random']();",
    'const { random } = Math;',
    'const { random: r } = Math;',
    'const t = globalThis.Date;',
    "globalThis['setTimeout'](f, 1);",
    'const s = `${Date.now()}`;',
    'const o = { Date };',
    'const o = { t: Date };',
    'f(process);',
  ])('refuses %s', (text) => {
    expect(using(text)).toHaveLength(1);
  });

  it.each([
    '// Date.now() is banned here',
    "const s = 'console.log';",
    'const s = `setTimeout`;',
    'const r = /process/;',
    'engine.process(now);',
    'interface D { process(now: number): void }',
    'class D { process(): void {} }',
    'function run(process: () => void): void { process(); }',
    'const o = { Date: 1 };',
    'const m = Math.floor(1);',
    'const r = random.next();',
  ])('accepts %s', (text) => {
    expect(using(text)).toEqual([]);
  });

  it('fetch is for open-url.ts', () => {
    expect(using('await fetch(url);', 'src/engine/open-url.ts')).toEqual([]);
    expect(using('Date.now();', 'src/engine/open-url.ts')).toHaveLength(1);
  });

  it('holds for the public surface and every lower floor, not for floor 6', () => {
    for (const folder of ['base', 'wire', 'mapping', 'roles', 'engine', 'router', 'ios', 'sim', 'entries']) {
      expect(using('Date.now();', `src/${folder}/x.ts`), folder).toHaveLength(1);
    }
    expect(using('Date.now();', 'src/index.ts')).toHaveLength(1);
    for (const folder of ['stores', 'linux', 'daemon', 'cli', 'web']) {
      expect(using('Date.now();', `src/${folder}/x.ts`), folder).toEqual([]);
    }
  });
});

describe('syntax', () => {
  it('there are no default exports and no enums', () => {
    expect(all.flatMap(syntaxViolations)).toEqual([]);
  });

  it.each([
    'export default 1;',
    'export default function f(): void {}',
    'export default class C {}',
    'const x = 1; export { x as default };',
    "export { default } from './x.ts';",
    'enum E { A }',
    'export const enum E { A }',
    'declare enum E { A }',
  ])('refuses %s', (text) => {
    expect(syntaxViolations(parseSource('src/base/x.ts', text))).toHaveLength(1);
  });

  it('the public surface only re-exports', () => {
    expect(src.flatMap(entryViolations)).toEqual([]);
  });

  it.each(['export const x = 1;', "import './x.ts';", 'const x = 1; export { x };'])(
    'refuses %s in an entry',
    (text) => {
      expect(entryViolations(parseSource('src/entries/x.ts', text))).not.toEqual([]);
      expect(entryViolations(parseSource('src/index.ts', text))).not.toEqual([]);
      expect(entryViolations(parseSource('src/base/x.ts', text))).toEqual([]);
    },
  );

  it('accepts named exports and a switch default', () => {
    const text = 'export const x = 1; switch (x) { default: } // export default enum';
    expect(syntaxViolations(parseSource('src/base/x.ts', text))).toEqual([]);
  });
});

describe('reasons', () => {
  const layoutOf = (text: string): Source => parseSource('assembly/layout.ts', text);
  const countersOf = (text: string): Source => parseSource('src/engine/counters.ts', text);
  const layout = layoutOf(
    'export const REASON_A = 0;\nexport const REASON_B = 1;\nexport const REASON_COUNT = 2;',
  );

  it('every reason code has a text', (context) => {
    const codes = fileAt('assembly/layout.ts');
    if (codes === undefined || !src.some(({ path }) => path.startsWith('src/engine/'))) {
      context.skip('assembly/layout.ts or src/engine is not there yet');
    }
    expect(reasonCodes(codes!), 'assembly/layout.ts has no REASON_ codes').not.toEqual([]);
    const texts = fileAt('src/engine/counters.ts');
    expect(texts, 'src/engine/counters.ts is absent').toBeDefined();
    expect(reasonTextViolations(codes!, texts!)).toEqual([]);
  });

  it.each([
    `import { REASON_A, REASON_B } from '../../assembly/layout.ts';`,
    `export const T = { [REASON_A]: 'a' };`,
    `export const T = { [REASON_A]: 'a', [REASON_B]: '' };`,
    `export const T = [[REASON_A, 'a'], [REASON_B]];`,
    `export const T = { [REASON_A]: 'a' }; // [REASON_B]: 'b'`,
  ])('a missing text is found: %s', (text) => {
    expect(reasonTextViolations(layout, countersOf(text))).toContain(
      'src/engine/counters.ts: no text for REASON_B',
    );
  });

  it.each([
    `export const T = { [REASON_A]: 'a', [REASON_B]: 'b' };`,
    `export const T = { [L.REASON_A]: { name: 'a' }, [L.REASON_B]: { name: 'b' } };`,
    `export const T = new Map([[REASON_A, 'a'], [REASON_B, 'b']]);`,
    `export function t(r: number): string { switch (r) { case REASON_A: return 'a'; case REASON_B: return 'b'; } }`,
    `t.set(REASON_A, 'a'); t.set(REASON_B, 'b');`,
  ])('a text is found: %s', (text) => {
    expect(reasonTextViolations(layout, countersOf(text))).toEqual([]);
  });
});

describe('engine module', () => {
  const section = (id: number, ...body: number[]): number[] => [id, body.length, ...body];
  const text = (s: string): number[] => [s.length, ...Array.from(s, (c) => c.charCodeAt(0))];
  const module = (...sections: number[][]): Uint8Array =>
    Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections.flat()]);
  const MEMORY = section(2, 1, ...text('env'), ...text('memory'), 2, 3, 1, 0x80, 0x80, 4);
  const EXPORTS = section(7, 2, ...text('run'), 0, 0, ...text('memory'), 2, 0);

  for (const file of ['build/engine.wasm', 'build/engine.shared.wasm']) {
    it(`${file} imports env.memory only and has no data and no start section`, (context) => {
      if (fileAt('assembly/index.ts') === undefined) context.skip('assembly/index.ts is not there yet');
      expect(existsSync(join(ROOT, file)), `${file} is absent: run npm run build`).toBe(true);
      expect(wasmViolations(file, readWasm(readFileSync(join(ROOT, file))))).toEqual([]);
    });

    it(`${file} exports exactly the keys of EngineExports`, (context) => {
      if (
        fileAt('assembly/index.ts') === undefined ||
        !src.some(({ path }) => path.startsWith('src/engine/'))
      ) {
        context.skip('assembly/index.ts or src/engine is not there yet');
      }
      expect(existsSync(join(ROOT, file)), `${file} is absent: run npm run build`).toBe(true);
      const face = fileAt('src/engine/wasm.ts');
      expect(face, 'src/engine/wasm.ts is absent').toBeDefined();
      const keys = engineExportKeys(face!);
      expect(keys, 'src/engine/wasm.ts has no interface EngineExports').toBeDefined();
      expect(exportViolations(file, readWasm(readFileSync(join(ROOT, file))), keys!)).toEqual([]);
    });
  }

  it('reads sections, imports and exports', () => {
    expect(readWasm(module(MEMORY, EXPORTS, section(0, ...text('x'))))).toEqual({
      sections: [2, 7, 0],
      imports: ['env.memory memory'],
      exports: ['run', 'memory'],
    });
  });

  it('reads an import list of every kind, and agrees with the platform', () => {
    const bytes = module(
      section(1, 1, 0x60, 0, 0),
      section(
        2,
        ...[4, ...text('env'), ...text('memory'), 2, 0, 1],
        ...[...text('env'), ...text('f'), 0, 0],
        ...[...text('env'), ...text('t'), 1, 0x70, 1, 1, 9],
        ...[...text('env'), ...text('g'), 3, 0x7f, 0],
      ),
    );
    const platform = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
    expect(readWasm(bytes).imports).toEqual(platform.map((i) => `${i.module}.${i.name} ${i.kind}`));
  });

  it('refuses other bytes, truncation and over-long sections', () => {
    expect(() => readWasm(Uint8Array.of(1, 2, 3))).toThrow('not a WebAssembly module');
    expect(() => readWasm(module(MEMORY).subarray(0, 12))).toThrow('past the end');
    expect(() => readWasm(module([2, 0x80]))).toThrow('ends early');
  });

  it('finds a data section, a start section and any other import', () => {
    const wrong = (...sections: number[][]): string[] => wasmViolations('x', readWasm(module(...sections)));
    expect(wrong(MEMORY, EXPORTS)).toEqual([]);
    expect(wrong(MEMORY, section(11, 0))).toHaveLength(1);
    expect(wrong(MEMORY, section(12, 0))).toHaveLength(1);
    expect(wrong(MEMORY, section(8, 0))).toHaveLength(1);
    expect(wrong(EXPORTS)).toHaveLength(1);
    expect(wrong(section(2, 1, ...text('env'), ...text('abort'), 0, 0))).toHaveLength(1);
    expect(
      wrong(section(2, 2, ...text('env'), ...text('memory'), 2, 0, 1, ...text('env'), ...text('f'), 0, 0)),
    ).toHaveLength(1);
  });

  it('finds a difference between exports and EngineExports in either direction', () => {
    const shape = readWasm(module(MEMORY, EXPORTS));
    const keysOf = (source: string): string[] => engineExportKeys(parseSource('src/engine/wasm.ts', source))!;
    expect(
      exportViolations('x', shape, keysOf('export interface EngineExports { run(n: number): number }')),
    ).toEqual([]);
    expect(
      exportViolations(
        'x',
        shape,
        keysOf('interface A { run: () => void } interface EngineExports extends A {}'),
      ),
    ).toEqual([]);
    expect(exportViolations('x', shape, keysOf('interface EngineExports {}'))).toEqual([
      'x: exports run, not in EngineExports',
    ]);
    expect(
      exportViolations(
        'x',
        shape,
        keysOf('interface EngineExports { run(): void; readonly LIMIT: number; memory: object }'),
      ),
    ).toEqual(['x: EngineExports has LIMIT, not exported']);
    expect(
      engineExportKeys(parseSource('src/engine/wasm.ts', 'export type EngineExports = object;')),
    ).toBeUndefined();
  });
});
