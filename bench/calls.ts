/**
 * What it costs to ask the engine from TypeScript: passes over the same keys by the engine alone (keys and values lie in
 * its memory), by `Lpm.lookupInPlace` with keys that are copied to their place, by `Lpm.lookupBatch` in calls of 256, of
 * 64 and of all keys, and by `Lpm.lookup`, an address each. The values of batches are not added up by anybody; the gate
 * compares all of them.
 */
import { ipv4, ipv6, type Family, type IpAddress } from '../src/base/ip.ts';
import type { Lpm } from '../src/engine/lpm-table.ts';
import { createLpmSync } from '../src/engine/open-inline.ts';
import { EngineContender } from '../src/bench/engine-contender.ts';
import { makeKeys, type Pattern } from '../src/bench/keys.ts';
import type { TableRow } from '../src/tables/collect.ts';
import { Digest } from '../src/tables/digest.ts';
import { fullTable } from './full-rows.ts';
import type { Case, Contender, Suite } from './runner.ts';

const KEYS = 1 << 16;
const BATCH = 256;
const TABLE_BYTES = 128 * 2 ** 20;

export const callsSuite: Suite = {
  name: 'calls',
  isOptional: true,
  cases: (seed, settings) => {
    const rows = fullTable(settings);
    return [
      callsCase(4, rows[4], 'rand', seed),
      callsCase(4, rows[4], 'zipf', seed),
      callsCase(6, rows[6], 'rand', seed),
    ];
  },
};

function callsCase(family: Family, rows: readonly TableRow[], trace: Pattern, seed: number): Case {
  const width = family === 4 ? 1 : 4;
  const keys = makeKeys(rows, family, trace, KEYS, seed);
  const lpm = createLpmSync({ tableBytes: TABLE_BYTES });
  for (const { prefix, value } of rows) lpm.insert(prefix, value);
  lpm.publish();
  const kind = lpm.kindOf(family);
  const kernel = new EngineContender({ kind, leafBytes: 2 }, family, rows, KEYS);
  kernel.setKeys(keys);
  const addresses = addressesOf(family, keys);
  const contenders: Contender[] = [
    { name: 'the engine alone, 256', run: () => Number(kernel.pass(KEYS, BATCH, 0, false)) },
    { name: 'lookupInPlace, 256', run: inPlace(lpm, family, cut(keys, BATCH * width)) },
    { name: 'lookupBatch, 256', run: batches(lpm, family, cut(keys, BATCH * width)) },
    { name: 'lookupBatch, 64', run: batches(lpm, family, cut(keys, 64 * width)) },
    { name: 'lookupBatch, all at once', run: batches(lpm, family, [keys]) },
    {
      name: 'lookup',
      run: () => {
        let sum = 0;
        for (const address of addresses) sum += lpm.lookup(address);
        return sum;
      },
    },
  ];
  return {
    name: `IPv${family} ${trace}, ${kind}`,
    unit: 'key',
    operations: KEYS,
    baseline: contenders[0]!.name,
    contenders,
    gate: () => {
      const wanted = new Digest();
      wanted.add(kernel.values());
      for (const size of [BATCH, 64, KEYS]) {
        const digest = new Digest();
        for (const piece of cut(keys, size * width)) digest.add(lpm.lookupBatch(family, piece));
        if (digest.toString() !== wanted.toString()) throw new Error(`lookupBatch, ${size}: other values`);
      }
      const there = new Digest();
      for (const piece of cut(keys, BATCH * width)) {
        lpm.keys.set(piece);
        there.add(lpm.lookupInPlace(family, BATCH));
      }
      if (there.toString() !== wanted.toString()) throw new Error('lookupInPlace: other values');
      const digest = new Digest();
      digest.add(Uint32Array.from(addresses, (address) => lpm.lookup(address)));
      if (digest.toString() !== wanted.toString()) throw new Error('lookup: other values');
    },
    facts: { prefixes: rows.length, keys: KEYS },
  };
}

/** Pieces of so many words, made before anything is timed. */
function cut(keys: Uint32Array, words: number): Uint32Array[] {
  return Array.from({ length: keys.length / words }, (_, i) => keys.slice(i * words, (i + 1) * words));
}

/** A pass in these pieces. Returns one of the values, so that they are of use. */
function batches(lpm: Lpm, family: Family, pieces: readonly Uint32Array[]): () => number {
  const out = new Uint32Array(pieces[0]!.length / (family === 4 ? 1 : 4));
  return () => {
    for (const keys of pieces) lpm.lookupBatch(family, keys, out);
    return out[0]!;
  };
}

/** A pass of whole batches. Returns one of the values. */
function inPlace(lpm: Lpm, family: Family, pieces: readonly Uint32Array[]): () => number {
  return () => {
    let last = 0;
    for (const keys of pieces) {
      lpm.keys.set(keys);
      last = lpm.lookupInPlace(family, BATCH)[0]!;
    }
    return last;
  };
}

function addressesOf(family: Family, keys: Uint32Array): IpAddress[] {
  if (family === 4) return Array.from(keys, (key) => ipv4(key));
  return Array.from({ length: keys.length / 4 }, (_, i) =>
    ipv6(keys[4 * i]!, keys[4 * i + 1]!, keys[4 * i + 2]!, keys[4 * i + 3]!),
  );
}
