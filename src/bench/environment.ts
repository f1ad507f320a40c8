import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Where and with what a result was measured. */
export interface Environment {
  readonly cpu: string;
  readonly cores: number;
  /** Frequency governor of the first core; 'unknown' where the kernel does not say. */
  readonly governor: string;
  readonly memoryMiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly v8: string;
  /** Of the engine that ran. */
  readonly wasmSha256: string;
  /** Of the checkout, with '+' when it had changes; 'unknown' for an installed package. */
  readonly revision: string;
  readonly seed: number;
}

const GOVERNOR = '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor';
/** Beside dist/src, as scripts/build.mjs leaves it. */
const WASM = new URL('../../build/engine.wasm', import.meta.url);

/** The checkout, seen from src/bench and from dist/src/bench. What an installed package lies in is not ours. */
const ROOTS = [new URL('../../', import.meta.url), new URL('../../../', import.meta.url)];

export function readEnvironment(seed: number): Environment {
  const cores = cpus();
  return {
    cpu: cores[0]?.model ?? 'unknown',
    cores: cores.length,
    governor: existsSync(GOVERNOR) ? readFileSync(GOVERNOR, 'utf8').trim() : 'unknown',
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.versions.node,
    v8: process.versions.v8,
    wasmSha256: existsSync(WASM) ? createHash('sha256').update(readFileSync(WASM)).digest('hex') : 'absent',
    revision: revision(),
    seed,
  };
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
