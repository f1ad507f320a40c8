// The packed package in plain Node: what is in it, that every entry loads, and that its examples say what they said.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runScenario } from '../browser/run-scenario.ts';
import { exampleFiles } from './examples.ts';
import { makeProject, packageSkipReason, ROOT, type Project } from './project.ts';

const SCRIPTS = [
  '.',
  './url',
  './engine',
  './map-cache',
  './wire',
  './pcap',
  './ios',
  './sim',
  './import',
  './workers',
  './research',
];
const FILES = ['./engine.wasm', './engine.shared.wasm', './research.wasm', './traced.wasm', './package.json'];

describe.skipIf(packageSkipReason() !== undefined)('the package', () => {
  let project: Project;

  beforeAll(() => {
    project = makeProject();
  });

  afterAll(() => {
    project?.remove();
  });

  const runScript = (text: string, name = 'script.mjs'): string =>
    project.run(process.execPath, project.write(name, text)).trimEnd();

  describe('contents', () => {
    it('has no tests, no benches and the engine inlined once', () => {
      const paths = project.files.map(({ path }) => path);
      expect(
        paths.filter((path) => /^(test|bench|dist\/bench|dist\/test|scripts|build)\//.test(path)),
      ).toEqual([]);
      expect(paths.filter((path) => path.includes('.generated.'))).toEqual([
        'dist/src/engine/engine-wasm.generated.d.ts',
        'dist/src/engine/engine-wasm.generated.js',
      ]);
      expect(paths).toContain('dist/build/engine.wasm');
      expect(paths).toContain('LICENSE');
    });

    it('is small enough to be fetched without a thought', () => {
      console.log(`packed ${project.packedBytes} bytes, unpacked ${project.unpackedBytes}`);
      expect(project.packedBytes).toBeLessThan(2_100_000);
    });

    it('has declaration and source maps that lead to sources in it', () => {
      const maps = project.files.map(({ path }) => path).filter((path) => /^dist\/.*\.map$/.test(path));
      expect(maps.length).toBeGreaterThan(100);
      for (const path of maps) {
        const map = JSON.parse(readFileSync(join(project.home, path), 'utf8')) as { sources: string[] };
        for (const source of map.sources)
          expect(existsSync(join(project.home, dirname(path), source)), `${path}: ${source}`).toBe(true);
      }
    });

    it('publint finds nothing, suggestions included', async () => {
      const { messages, pkg } = await publint({ pkgDir: project.home, pack: false, strict: true });
      expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
    });
  });

  describe('entries', () => {
    it('are those that are tested here', () => {
      expect(Object.keys(project.manifest.exports).sort()).toEqual([...SCRIPTS, ...FILES].sort());
    });

    it.each(SCRIPTS)('%s can be imported', (entry) => {
      const name = entry.replace('.', 'pxtr');
      const names = runScript(`console.log(Object.keys(await import('${name}')).join(' '));`).split(' ');
      expect(names.length).toBeGreaterThan(3);
      expect(names).not.toContain('default');
    });

    it.each(FILES)('%s can be found', (entry) => {
      const name = entry.replace('.', 'pxtr');
      const path = runScript(
        `import { fileURLToPath } from 'node:url';\nconsole.log(fileURLToPath(import.meta.resolve('${name}')));`,
      );
      expect(existsSync(path)).toBe(true);
    });

    it('nothing else of the package can be imported', () => {
      expect(() => runScript(`await import('pxtr/dist/src/base/ip.js');`)).toThrow(
        /ERR_PACKAGE_PATH_NOT_EXPORTED/,
      );
    });

    it('require gives the same as import', () => {
      const text = `
        const { createLpmSync, cidr, ip } = require('pxtr');
        const { Router } = require('pxtr/sim');
        const lpm = createLpmSync();
        lpm.insert(cidr('10.0.0.0/8'), 7);
        lpm.publish();
        console.log(lpm.lookup(ip('10.1.2.3')), Router.name);
        import('pxtr/sim').then((sim) => console.log(sim.Router === Router));`;
      expect(runScript(text, 'script.cjs')).toBe('7 Router\ntrue');
    });

    it('an engine from the file, from own bytes and from the built-in module forward alike', () => {
      const text = `
        import { readFileSync } from 'node:fs';
        import { fileURLToPath } from 'node:url';
        import * as inline from 'pxtr';
        import * as url from 'pxtr/url';
        import { Engine, compileEngineSync } from 'pxtr/engine';
        const bytes = (name) => readFileSync(fileURLToPath(import.meta.resolve(name)));
        const engines = [
          inline.createEngineSync(), await inline.createEngine(), await url.createEngine(),
          await url.createEngine({ shared: true }), inline.createEngineSync({ shared: true }),
          await inline.createEngine({ wasm: bytes('pxtr/engine.wasm') }),
          inline.createEngineSync({ wasm: bytes('pxtr/engine.shared.wasm'), shared: true }),
          Engine.open(compileEngineSync(bytes('pxtr/engine.wasm')), { entries: 16 }),
        ];
        for (const engine of engines) {
          const { cidr, ip, verdictText } = inline;
          engine.setRoute(0, cidr('10.0.0.0/8'), { kind: 'connected', interfaceIndex: 3, mtu: 1500 });
          engine.publish();
          const packet = Uint8Array.from(atob('RQAAFAAAAABAAWbnCgAAAQoAAAI='), (c) => c.charCodeAt(0));
          console.log(engine.inject(packet, { interfaceIndex: 0 }));
          engine.process();
          engine.collect((verdict) => console.log(verdictText(verdict)));
        }
        for (const [options, build] of [[{ wasm: bytes('pxtr/engine.wasm'), shared: true }, 'unshared'], [{ wasm: bytes('pxtr/engine.shared.wasm') }, 'shared']]) {
          try { inline.createEngineSync(options); } catch (error) { console.log(build, error.name, error.code); }
        }`;
      const lines = runScript(text).split('\n');
      const forwarded = Array.from({ length: 8 }, () => ['true', 'native, out of interface 3']).flat();
      expect(lines).toEqual([
        ...forwarded,
        'unshared EngineError bad-module',
        'shared EngineError bad-module',
      ]);
    });

    it('a command over tables says how to get a module that is not there', () => {
      const module = join(project.home, 'dist/build/research.wasm');
      renameSync(module, `${module}.away`);
      const main = join(project.home, 'dist/src/cli/main.js');
      const table = project.write('table.txt', '10.0.0.0/8 1\n');
      const { status, stderr } = spawnSync(process.execPath, [main, 'fib', 'stats', table], {
        encoding: 'utf8',
      });
      renameSync(`${module}.away`, module);
      expect(stderr).toContain(
        'pxtr: engine: bad-module in research.wasm: it is not built; in a clone, `npm run build` makes it',
      );
      expect(stderr).not.toContain('internal error');
      expect(status).toBe(1);
    });

    it('a lab gives the log it gives in the sources', () => {
      const text = `
        import { readdirSync, readFileSync } from 'node:fs';
        import { createEngineSync } from 'pxtr';
        import { createLab, loadLab } from 'pxtr/sim';
        const folder = 'node_modules/pxtr/examples/pxtr/';
        const file = loadLab(new Map(readdirSync(folder).map((name) => [name, readFileSync(folder + name, 'utf8')])));
        console.log(createLab(file.value, { seed: 5, makeDataPlane: () => createEngineSync() }).run().logHash);`;
      expect(runScript(text)).toBe(runScenario(exampleFiles('pxtr'), 5).logHash);
    });
  });

  it('its program runs by name', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(project.run('npm', 'exec', '--offline', '--', 'pxtr', '--version')).toContain(version);
  });

  it('its bench starts a thread that reads beside updates', { timeout: 60_000 }, () => {
    const table = project.write('flaps.txt', '10.0.0.0/8 1\n10.1.0.0/16 2\n');
    const quick =
      '--rounds 1 --milliseconds 1 --keys 256 --sample 0 --trace rand --kinds patricia,tree-bitmap';
    const args = ['bench', '--table', table, ...quick.split(' '), '--updates', '5', '--json'];
    const main = join(project.home, 'dist/src/cli/main.js');
    const { updates } = JSON.parse(project.run(process.execPath, main, ...args)) as {
      updates: { kind: string; beside: object }[];
    };
    expect(updates.map(({ kind }) => kind)).toEqual(['patricia', 'tree-bitmap']);
    for (const { beside } of updates) expect(beside).toMatchObject({ announce: { n: 5 }, torn: 0 });
  });

  it('the program in the README runs as it stands there', () => {
    const [, code] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))!;
    for (const [name, text] of exampleFiles('pxtr')) project.write(`examples/pxtr/${name}`, text);
    const lines = runScript(code!, 'readme.mjs').split('\n');
    expect(lines[0]).toMatch(/^ +#1 +10\.000 +lisp1 > mapserver$/);
    expect(lines.at(-1)).toBe(`true .!!!! ${runScenario(exampleFiles('pxtr'), 1).logHash}`);
  });

  it('a configuration of another system becomes one that a router can be made of', () => {
    const text = `
      import { importConfig, renderImported } from 'pxtr/import';
      import { parseConfig } from 'pxtr/ios';
      const vpp = 'one enable\\none map-resolver add 10.0.1.1\\n';
      const imported = importConfig('vpp', vpp, { hostname: 'edge' });
      const config = parseConfig(renderImported(imported.value));
      console.log(config.value.options.hostname, config.value.options.lisp !== undefined);`;
    expect(runScript(text)).toBe('edge true');
  });

  describe('the examples', () => {
    const LINES = { forward: 15, lpm: 10, lab: 30, workers: 30 } as const;
    const EXAMPLES = Object.entries(LINES);

    it.each(EXAMPLES)('%s is at most %i lines of code', (name, most) => {
      const text = readFileSync(join(ROOT, `examples/library/${name}.mjs`), 'utf8');
      const code = text
        .split('\n')
        .filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/\*\*.*\*\/$)/.test(line));
      expect(code.length).toBeLessThanOrEqual(most);
    });

    const runIn = (home: string, name: string): string =>
      project.run(process.execPath, join(home, `examples/library/${name}.mjs`));

    // Nonces and digests follow from the seed and are held by tests of their own.
    it.each(EXAMPLES)('%s says in a clone what it said', async (name) => {
      const masked = runIn(ROOT, name).replaceAll(/\b(0x)?[0-9a-f]{16}\b/g, (word) =>
        '.'.repeat(word.length),
      );
      await expect(masked).toMatchFileSnapshot(`goldens/${name}.txt`);
    });

    it.each(EXAMPLES)('%s says the same where the package is installed', (name) => {
      expect(runIn(project.home, name)).toBe(runIn(ROOT, name));
    });

    it.each(EXAMPLES)('%s is in docs/library.md as it is', (name) => {
      const [, ...code] = readFileSync(join(ROOT, `examples/library/${name}.mjs`), 'utf8').split('\n');
      expect(readFileSync(join(ROOT, 'docs/library.md'), 'utf8')).toContain(
        `\`\`\`js\n${code.join('\n')}\`\`\``,
      );
    });
  });
});
