/**
 * Longest-prefix match alone: batches of 256 keys through the engine's kinds, one at a time through the Model. 'null'
 * only moves the keys to the results: anything near it is broken.
 */
import { prefix, type Family, type IpAddress, type IpPrefix, word } from '../src/base/ip.ts';
import { formatPrefix } from '../src/base/ip-text.ts';
import { SeededRandom } from '../src/base/random.ts';
import type { DataPlane } from '../src/engine/data-plane.ts';
import type { Engine } from '../src/engine/engine.ts';
import { LPM_KINDS, type LpmKind } from '../src/engine/lpm.ts';
import { Model } from '../src/engine/model.ts';
import { eidPrefix, formatEidPrefix } from '../src/mapping/eid.ts';
import { openEngine } from './engine.ts';
import type { Case, Contender, Suite } from './runner.ts';

const BATCH = 256;
/** Batches of different keys: a stream, not one warm address. */
const BATCHES = 16;
const KEYS = BATCH * BATCHES;
/** A directory of 24 bits takes 32 MiB a table. */
const FIB_BYTES = 128 << 20;
/** Prefixes of a site table, with what they nest in. */
const SIZES = [64, 1024] as const;
const LENGTHS: Readonly<Record<Family, readonly number[]>> = {
  4: [16, 20, 24, 24, 24, 32],
  6: [32, 48, 48, 56, 64, 128],
};

export const lookupSuite: Suite = {
  name: 'lookup',
  cases: (seed) => ([4, 6] as const).flatMap((family) => SIZES.map((size) => lookupCase(seed, family, size))),
};

function lookupCase(seed: number, family: Family, size: number): Case {
  const random = new SeededRandom(seed, `lookup ${family} ${size}`);
  const table = randomTable(random, family, size);
  const keys = randomKeys(random, table);
  const width = family === 4 ? 1 : 4;
  const words = new Uint32Array(KEYS * width);
  for (const [i, key] of keys.entries()) {
    for (let w = 0; w < width; w++) words[i * width + w] = word(key, w);
  }
  const engines = LPM_KINDS.map((kind) => [kind, filled(table, kind)] as const);
  const model = new Model();
  fill(model, table);
  return {
    name: `IPv${family}, ${size} prefixes`,
    unit: 'key',
    operations: KEYS,
    baseline: 'Model',
    facts: { prefixes: table.length, keys: KEYS, batch: BATCH, hits: hitsOf(model, keys) },
    contenders: [
      nullContender(words),
      { name: 'Model', run: () => walkModel(model, keys) },
      ...engines.map(([kind, engine]): Contender => {
        const out = new Uint32Array(KEYS);
        return {
          name: `Engine ${kind}`,
          run: () => {
            engine.lookupBatch('cache', 0, family, words, out);
            return out[KEYS - 1]!;
          },
        };
      }),
    ],
    gate: () => {
      for (const [kind, engine] of engines) sameAnswers(kind, engine, model, keys, words);
    },
  };
}

function nullContender(words: Uint32Array): Contender {
  const out = new Uint32Array(words.length);
  return {
    name: 'null',
    run: () => {
      out.set(words);
      return out[words.length - 1]!;
    },
  };
}

/** Every key: the batch and the Model meet the same entry. */
function sameAnswers(
  kind: LpmKind,
  engine: Engine,
  model: Model,
  keys: readonly IpAddress[],
  words: Uint32Array,
): void {
  const out = new Uint32Array(KEYS);
  engine.lookupBatch('cache', 0, keys[0]!.family, words, out);
  const meaning = new Map<number, string>();
  for (const [i, key] of keys.entries()) {
    const match = model.matchEntry(0, key);
    const expected = match === undefined ? 'none' : formatEidPrefix(match);
    const value = out[i]!;
    const before = meaning.get(value) ?? expected;
    if ((value === 0) !== (match === undefined) || before !== expected) {
      throw new Error(`${kind} answers ${value} for key ${i}, the Model ${expected}`);
    }
    meaning.set(value, expected);
  }
}

function walkModel(model: Model, keys: readonly IpAddress[]): number {
  let matched = 0;
  for (const key of keys) if (model.matchEntry(0, key) !== undefined) matched++;
  return matched;
}

function hitsOf(model: Model, keys: readonly IpAddress[]): number {
  return walkModel(model, keys);
}

function filled(table: readonly IpPrefix[], lpm: LpmKind): Engine {
  const engine = openEngine({ lpm, entries: 4096, fibBytes: FIB_BYTES });
  fill(engine, table);
  return engine;
}

function fill(plane: DataPlane, table: readonly IpPrefix[]): void {
  for (const each of table) plane.setEntry({ eid: eidPrefix(each), action: 2, targets: [] });
  plane.publish();
}

/** Distinct prefixes, some inside others. */
function randomTable(random: SeededRandom, family: Family, size: number): IpPrefix[] {
  const table = new Map<string, IpPrefix>();
  while (table.size < size) {
    const length = LENGTHS[family][random.u32() % LENGTHS[family].length]!;
    const inside =
      random.u32() % 4 === 0 ? [...table.values()][random.u32() % Math.max(1, table.size)] : undefined;
    const address = inside === undefined ? randomAddress(random, family) : hostIn(random, inside);
    const each = prefix(address, length);
    table.set(formatPrefix(each), each);
  }
  return [...table.values()];
}

/** Three of four inside a random prefix, the rest anywhere. */
function randomKeys(random: SeededRandom, table: readonly IpPrefix[]): IpAddress[] {
  return Array.from({ length: KEYS }, (_, i) => {
    const each = table[random.u32() % table.length]!;
    return i % 4 === 3 ? randomAddress(random, each.address.family) : hostIn(random, each);
  });
}

function randomAddress(random: SeededRandom, family: Family): IpAddress {
  const [w0, w1, w2, w3] = [random.u32(), random.u32(), random.u32(), random.u32()];
  return family === 4 ? { family, w0, w1: 0, w2: 0, w3: 0 } : { family, w0, w1, w2, w3 };
}

/** A random address of a prefix. */
function hostIn(random: SeededRandom, { address, bits }: IpPrefix): IpAddress {
  const host = randomAddress(random, address.family);
  const mix = (i: number): number => {
    const kept = Math.max(0, Math.min(32, bits - 32 * i));
    const mask = kept === 0 ? 0 : (0xffff_ffff << (32 - kept)) >>> 0;
    return ((word(address, i) & mask) | (word(host, i) & ~mask)) >>> 0;
  };
  const { family } = address;
  return family === 4
    ? { family, w0: mix(0), w1: 0, w2: 0, w3: 0 }
    : { family, w0: mix(0), w1: mix(1), w2: mix(2), w3: mix(3) };
}
