import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Where and with what a result was measured. */
export interface Environment {
  readonly cpu: string;
  readonly cores: number;
  /** That this process may use: with one, a thread that reads and the one that changes take turns. */
  readonly usableCores: number;
  /** Frequency governor of the first core; 'unknown' where the kernel does not say. */
  readonly governor: string;
  readonly memoryMiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly v8: string;
  /** Of the engine for routers. */
  readonly wasmSha256: string;
  /** Of each build that the run could load, by name of its file without the ending. */
  readonly wasmBuilds: Readonly<Record<string, string>>;
  /** Of the checkout, with '+' when it had changes; 'unknown' for an installed package. */
  readonly revision: string;
  readonly seed: number;
}

const GOVERNOR = '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor';
/** Beside dist/src, as scripts/build.mjs leaves them. */
const WASM = new URL('../../build/', import.meta.url);
/** Of routers, for threads, with all kinds, with traces of what is read, and the loop around lookups. */
const BUILDS = ['engine', 'engine.shared', 'research', 'traced', 'lookup-pass'] as const;

/** The checkout, seen from src/bench and from dist/src/bench. What an installed package lies in is not ours. */
const ROOTS = [new URL('../../', import.meta.url), new URL('../../../', import.meta.url)];

export function readEnvironment(seed: number): Environment {
  const cores = cpus();
  const builds = wasmDigests();
  return {
    cpu: cores[0]?.model ?? 'unknown',
    cores: cores.length,
    usableCores: availableParallelism(),
    governor: existsSync(GOVERNOR) ? readFileSync(GOVERNOR, 'utf8').trim() : 'unknown',
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.versions.node,
    v8: process.versions.v8,
    wasmSha256: builds['engine'] ?? 'absent',
    wasmBuilds: builds,
    revision: revision(),
    seed,
  };
}

function wasmDigests(): Record<string, string> {
  return Object.fromEntries(
    BUILDS.flatMap((build) => {
      const file = new URL(`${build}.wasm`, WASM);
      if (!existsSync(file)) return [];
      return [[build, createHash('sha256').update(readFileSync(file)).digest('hex')]];
    }),
  );
}

function revision(): string {
  const root = ROOTS.map((each) => fileURLToPath(each)).find((each) => existsSync(`${each}.git`));
  if (root === undefined) return 'unknown';
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+');
  } catch {
    return 'unknown';
  }
}
