// Runs a long lane of the tests on plain Node: bundles its entry into build/lanes, as deep below the repository as the
// folders of test/, and starts it with the arguments that follow.   node scripts/lane.mjs fuzz --packets 100M
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** The program first; then those of its threads. */
const LANES = {
  fuzz: { fuzz: 'test/fuzz/lane.ts' },
  stress: { stress: 'test/stress/lane.ts', 'stress-reader': 'test/stress/reader.ts' },
};
const [name, ...args] = process.argv.slice(2);

if (LANES[name] === undefined) {
  console.error(`lane: no lane ${name}; there are: ${Object.keys(LANES).join(', ')}`);
  process.exitCode = 1;
} else {
  await build({
    absWorkingDir: ROOT,
    entryPoints: LANES[name],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outdir: 'build/lanes',
    outExtension: { '.js': '.mjs' },
    sourcemap: true,
    logLevel: 'warning',
  });
  const child = spawn(process.execPath, ['--enable-source-maps', `${ROOT}build/lanes/${name}.mjs`, ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => (process.exitCode = code ?? 1));
}
