// The package as its users get it: packed by npm, unpacked into the node_modules of an empty project.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
}

export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

export interface Project {
  readonly folder: string;
  /** Where the package lies in it. */
  readonly home: string;
  readonly manifest: Manifest;
  readonly files: readonly PackedFile[];
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  write(name: string, text: string): string;
  /** Runs a program in the project; throws with its output when it fails. */
  run(program: string, ...args: readonly string[]): string;
  remove(): void;
}

const isBuilt =
  existsSync(join(ROOT, 'dist/src/index.js')) && existsSync(join(ROOT, 'dist/build/engine.wasm'));

/** Why the package cannot be tested; undefined when it can. CI, which requires every tool, does not skip. */
export function packageSkipReason(): string | undefined {
  if (isBuilt || process.env['PXTR_REQUIRE_TOOLS'] === '1') return undefined;
  const reason = 'dist/ is not built (npm run build)';
  console.warn(`skipped: ${reason}`);
  return reason;
}

/**
 * Packs the working tree and unpacks it where `npm install` would put it. Its dependencies are links to those of this
 * checkout, which are what the lock file says: no registry is asked, so the tests run without a network.
 */
export function makeProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'pxtr-package-'));
  const run = (program: string, ...args: readonly string[]): string =>
    execFileSync(program, args, { cwd: folder, encoding: 'utf8', env: quietEnv(), stdio: 'pipe' });
  // Without scripts: prepack would build once more. The test's own script has built what is stale.
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
    env: quietEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [tarball] = JSON.parse(packed) as [
    { filename: string; size: number; unpackedSize: number; files: PackedFile[] },
  ];
  const home = join(folder, 'node_modules/pxtr');
  mkdirSync(home, { recursive: true });
  run('tar', '-xzf', tarball.filename, '-C', home, '--strip-components', '1');
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as Manifest;
  for (const name of Object.keys(manifest.dependencies)) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link, 'dir');
  }
  for (const [name, path] of Object.entries(manifest.bin)) {
    const link = join(folder, 'node_modules/.bin', name);
    mkdirSync(dirname(link), { recursive: true });
    chmodSync(join(home, path), 0o755);
    symlinkSync(join(home, path), link);
  }
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  return {
    folder,
    home,
    manifest,
    files: tarball.files,
    packedBytes: tarball.size,
    unpackedBytes: tarball.unpackedSize,
    write,
    run,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** No colours and no settings of an outer `npm run`. */
function quietEnv(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|FORCE_COLOR$|NODE_OPTIONS$)/i.test(name),
  );
  return { ...Object.fromEntries(kept), NO_COLOR: '1' };
}
