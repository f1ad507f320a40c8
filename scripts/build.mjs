// Builds the engine (three asc targets, inlined module) and then the TypeScript.
//   node scripts/build.mjs              clean build of everything
//   node scripts/build.mjs --engine     the engine only
//   node scripts/build.mjs --if-stale   only what is older than its sources
//   node scripts/build.mjs --start      only what the command line needs, if that is older than its sources
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inlineWasm } from './inline-wasm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** asc says so of any module whose last optimiser pass won nothing. */
const ASC_NOISE = /^Last converge was suboptimal\.\n/gm;
const TARGETS = ['release', 'shared', 'debug', 'research', 'research-debug', 'traced'];
/** Entries beside assembly/index.ts: each is a flag that its build has more for. */
const FLAGS = {
  research: ['assembly/builds/research.ts'],
  'research-debug': ['assembly/builds/research.ts'],
  traced: ['assembly/builds/research.ts', 'assembly/builds/traced.ts'],
};
/** What benches need compiled beside the engine. */
const LOOKUP_PASS = 'bench/lookup.as';
const PASS_OPTIONS = ['--runtime', 'stub', '--importMemory', '--enable', 'simd', '-O3'];
const WASM_FILES = ['engine.wasm', 'engine.shared.wasm', 'research.wasm', 'traced.wasm', 'lookup-pass.wasm'];
const ENGINE = {
  stamp: 'build/.stamp',
  sources: [
    'assembly',
    LOOKUP_PASS,
    'asconfig.json',
    'scripts/build.mjs',
    'scripts/inline-wasm.mjs',
    'package-lock.json',
  ],
  outputs: [...WASM_FILES.map((file) => `build/${file}`), 'src/engine/engine-wasm.generated.ts'],
};
const LIBRARY = {
  stamp: 'dist/.stamp',
  sources: [
    'src',
    'bench',
    'types',
    'assembly/layout.ts',
    'tsconfig.json',
    'build/.stamp',
    'package-lock.json',
  ],
  outputs: WASM_FILES.map((file) => `dist/build/${file}`),
};

/** What `npm start` needs: the release engine and the TypeScript. A full build does as well. */
const START = {
  stamp: 'dist/.start-stamp',
  sources: [...ENGINE.sources, ...LIBRARY.sources.filter((path) => path !== ENGINE.stamp)],
  outputs: ['build/engine.wasm', 'dist/src/cli/main.js'],
};

/** The newest modification time at or below a path; 0 when it is absent. */
function newest(path) {
  const full = join(root, path);
  if (!existsSync(full)) return 0;
  const stat = statSync(full);
  if (!stat.isDirectory()) return stat.mtimeMs;
  let latest = stat.mtimeMs;
  for (const name of readdirSync(full)) {
    if (name.endsWith('.generated.ts') || name === 'node_modules') continue;
    latest = Math.max(latest, newest(join(path, name)));
  }
  return latest;
}

function isStale({ stamp, sources, outputs }) {
  const built = newest(stamp);
  return (
    built === 0 || !outputs.every((p) => existsSync(join(root, p))) || sources.some((p) => newest(p) > built)
  );
}

/** `started` is when the build read its sources: a file saved during the build is newer than the stamp. */
function writeStamp({ stamp }, started) {
  mkdirSync(dirname(join(root, stamp)), { recursive: true });
  writeFileSync(join(root, stamp), new Date(started).toISOString() + '\n');
  utimesSync(join(root, stamp), started / 1000, started / 1000);
}

function run(script, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', script), ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    child.stderr.setEncoding('utf8').on('data', (text) => process.stderr.write(text.replace(ASC_NOISE, '')));
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${script} ${args.join(' ')} failed`)),
    );
  });
}

async function compileEngine(targets) {
  console.error(`building the engine: ${targets.join(', ')}`);
  // Two at a time: each compiler takes a core, and half a gigabyte.
  const waiting = [...targets];
  const compile = async () => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      const entries = FLAGS[target] ?? [];
      await run('assemblyscript/bin/asc.js', [...entries, '--config', 'asconfig.json', '--target', target]);
    }
  };
  await Promise.all([compile(), compile()]);
  inlineWasm();
}

/** From a copy: the compiler takes only files that end in .ts, and tsc must not see it. */
async function compileLookupPass() {
  const copy = 'build/lookup-pass.ts';
  copyFileSync(join(root, LOOKUP_PASS), join(root, copy));
  try {
    // Its folder as the base: asconfig.json is about the engine.
    const files = ['lookup-pass.ts', '--baseDir', 'build', '--outFile', 'lookup-pass.wasm'];
    await run('assemblyscript/bin/asc.js', [...files, ...PASS_OPTIONS]);
  } finally {
    rmSync(join(root, copy));
  }
}

async function compileTypeScript() {
  console.error('building the TypeScript');
  await run('typescript/bin/tsc', ['-p', 'tsconfig.json']);
}

async function buildEngine() {
  const started = Date.now();
  await compileEngine(TARGETS);
  await compileLookupPass();
  writeStamp(ENGINE, started);
}

async function buildStart() {
  const started = Date.now();
  await compileEngine(['release']);
  await compileTypeScript();
  writeStamp(START, started);
}

async function buildLibrary({ clean }) {
  const started = Date.now();
  if (clean) rmSync(join(root, 'dist'), { recursive: true, force: true });
  await compileTypeScript();
  // Beside dist/src as build/ is beside src/: the same relative URL finds the engine from both.
  mkdirSync(join(root, 'dist/build'), { recursive: true });
  for (const file of WASM_FILES) copyFileSync(join(root, 'build', file), join(root, 'dist/build', file));
  writeStamp(LIBRARY, started);
}

async function build(option) {
  if (option === '--start') {
    const isBuilt = !isStale(START) || (!isStale(ENGINE) && !isStale(LIBRARY));
    if (!isBuilt) await buildStart();
    return;
  }
  const ifStale = process.argv.includes('--if-stale');
  if (!ifStale || isStale(ENGINE)) await buildEngine();
  if (option === '--engine') return;
  if (!ifStale || isStale(LIBRARY)) await buildLibrary({ clean: !ifStale });
}

try {
  await build(process.argv[2]);
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
}
