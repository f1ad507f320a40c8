// Size budgets: the engine's files as they are, and each entry of the package bundled, minified and compressed, all of
// it and its dependencies, as a page would load it. 1 kB = 1,000 bytes. docs/library.md tells the sizes; a number there
// that is off by more than a fifth is an error too.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = 'docs/library.md';
const TOLERANCE = 0.2;

const FILES = [
  { name: 'pxtr/engine.wasm', file: 'build/engine.wasm', maxBytes: 55_000 },
  { name: 'pxtr/engine.shared.wasm', file: 'build/engine.shared.wasm', maxBytes: 55_000 },
  { name: 'pxtr/research.wasm', file: 'build/research.wasm', maxBytes: 80_000 },
];

/** `pxtr/url` as browsers get it. */
const ENTRIES = [
  { name: 'pxtr', file: 'src/index.ts', maxBytes: 53_000 },
  { name: 'pxtr/url', file: 'src/entries/url.ts', maxBytes: 32_000 },
  { name: 'pxtr/engine', file: 'src/entries/engine.ts', maxBytes: 32_000 },
  { name: 'pxtr/map-cache', file: 'src/entries/map-cache.ts', maxBytes: 34_000 },
  { name: 'pxtr/wire', file: 'src/entries/wire.ts', maxBytes: 12_000 },
  { name: 'pxtr/pcap', file: 'src/entries/pcap.ts', maxBytes: 20_000 },
  { name: 'pxtr/ios', file: 'src/entries/ios.ts', maxBytes: 50_000 },
  { name: 'pxtr/sim', file: 'src/entries/sim.ts', maxBytes: 184_000 },
  { name: 'pxtr/import', file: 'src/entries/import.ts', maxBytes: 64_000 },
  { name: 'pxtr/research', file: 'src/entries/research.ts', maxBytes: 34_000 },
];

/** Bytes of one entry as a browser loads it. A `node:` import of anything in it is an error here. */
async function bundledBytes(file) {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [file],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

/** What the page says of an entry, in bytes: the first `12.3 kB` of its row. */
function toldBytes(page, name) {
  const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
  const told = /([0-9.]+) kB/.exec(row ?? '');
  return told === null ? undefined : Number(told[1]) * 1000;
}

function problemsOf({ name, maxBytes }, bytes, page) {
  const problems = [];
  if (bytes > maxBytes) problems.push(`${name} has ${bytes} bytes, its budget is ${maxBytes}`);
  const told = toldBytes(page, name);
  if (told === undefined) problems.push(`${PAGE} does not tell the size of ${name}`);
  else if (Math.abs(told - bytes) > TOLERANCE * bytes)
    problems.push(`${PAGE} says ${told / 1000} kB of ${name}, it has ${(bytes / 1000).toFixed(1)} kB`);
  return problems;
}

const page = readFileSync(new URL(PAGE, new URL('..', import.meta.url)), 'utf8');
let isFine = true;
const report = (entry, bytes, how) => {
  console.log(
    `check-size: ${entry.name.padEnd(24)} ${String(bytes).padStart(7)} of ${entry.maxBytes} bytes${how}`,
  );
  for (const problem of problemsOf(entry, bytes, page)) {
    isFine = false;
    console.error(`check-size: ${problem}`);
  }
};

for (const entry of FILES) {
  if (existsSync(`${ROOT}${entry.file}`)) report(entry, readFileSync(`${ROOT}${entry.file}`).length, '');
  else {
    isFine = false;
    console.error(`check-size: ${entry.file} is absent: run npm run build`);
  }
}
for (const entry of ENTRIES) {
  try {
    report(entry, await bundledBytes(entry.file), ' (gzip)');
  } catch (error) {
    isFine = false;
    console.error(`check-size: ${entry.name} cannot be bundled: ${error.message}`);
  }
}
if (!isFine) process.exitCode = 1;
