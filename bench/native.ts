/**
 * Native contenders (DPDK's tables, C forwarding loops; bench/native), the engine and JavaScript, over a full table and
 * long traces, in rounds that take turns. Needs libdpdk-dev and a list of prefixes; `taskset -c 1` pins all of it.
 * Times are CPU time of the process that does the work.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPeers } from '../src/bench/peers/load-peers.ts';
import { fullList } from './full-rows.ts';
import { generate } from './native-data.ts';
import { NEXT_HOPS, type Field } from './native-field.ts';
import { buildNative, checkoutFolder, NativeHarness } from './native-harness.ts';
import { lookupCases } from './native-lookup.ts';
import { packetCases } from './native-packets.ts';
import type { Case, Cases, Settings, Suite } from './runner.ts';

let harness: NativeHarness | undefined;

export const nativeSuite: Suite = {
  name: 'native',
  isOptional: true,
  cases: (_, settings, progress) => openCases(settings, progress),
  close: () => {
    harness?.close();
    harness = undefined;
  },
};

async function openCases(settings: Settings, progress: (text: string) => void): Promise<Cases> {
  const prefixes = fullList(settings);
  if (prefixes === undefined) return { skipped: 'no list of prefixes: --table FILE' };
  const programs = buildNative();
  if ('skipped' in programs) return programs;
  const folder = join(checkoutFolder(), 'build/native', dataName(prefixes, settings.seed));
  generate(programs.gen, prefixes, folder, { seed: settings.seed, nextHops: NEXT_HOPS });
  harness = new NativeHarness(programs.harness);
  await harness.load(folder);
  const contenders = await harness.list();
  const peers = settings.peers === true ? await loadPeers() : [];
  return nativeCases({ harness, folder, settings, contenders, peers, progress });
}

/** Another list has other files. */
function dataName(prefixes: string, seed: number): string {
  const list = createHash('sha256').update(readFileSync(prefixes)).digest('hex').slice(0, 12);
  return `data-${list}-${seed}-${NEXT_HOPS}`;
}

/** Tables are made when the first case comes that needs them, and let go after the last. */
async function* nativeCases(field: Field): AsyncGenerator<Case> {
  for (const family of [4, 6] as const) yield* lookupCases(field, family);
  for (const work of ['forward', 'decapsulate'] as const) yield* packetCases(field, work);
}
