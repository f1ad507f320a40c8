/**
 * What was tried to be faster than the engine's kinds on IPv4, each idea as a contender beside them, held to the same answers:
 * docs/lpm.md, "What was tried to be faster".
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { keyFileName } from '../src/bench/keys.ts';
import { runBench, type BenchOptions, type BenchProgress } from '../src/bench/measure.ts';
import type { BenchReport } from '../src/bench/results.ts';
import { ideaPeers } from './ideas/contenders.ts';

const TRACES = ['rand', 'zipf', 'unif'] as const;
const BATCH = 256;
/** Keys of a trace that is made. */
const MADE_KEYS = 1 << 20;

type IdeasOptions = Pick<
  BenchOptions,
  'table' | 'rows' | 'keyFiles' | 'keys' | 'rounds' | 'milliseconds' | 'seed'
>;

/** Only IPv4 takes part. @throws InputError as runBench */
export function runIdeas(options: IdeasOptions, progress: BenchProgress): BenchReport {
  return runBench(
    {
      ...options,
      rows: options.rows.filter(({ prefix }) => prefix.address.family === 4),
      traces: TRACES,
      kinds: ['dir18-run', 'dir24-8'],
      peers: ideaPeers(mostKeys(options)),
      batches: [BATCH],
      sample: 0,
    },
    progress,
  );
}

function mostKeys({ keyFiles, keys }: IdeasOptions): number {
  if (keyFiles === undefined) return keys ?? MADE_KEYS;
  const sizes = TRACES.map((trace) => join(keyFiles, keyFileName(4, trace)))
    .filter((file) => existsSync(file))
    .map((file) => statSync(file).size / 4);
  return Math.min(keys ?? Infinity, Math.max(0, ...sizes));
}
