/** Tables and keys of `bench -- lookup --table`: lists of prefixes, key files of bench/native/gen.c, or made here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Family } from '../src/base/ip.ts';
import { word } from '../src/base/ip.ts';
import { SeededRandom } from '../src/base/random.ts';
import { TableCollector, type TableRow } from '../src/tables/collect.ts';
import { zipf } from './zipf.ts';

export type { TableRow };

export type TraceName = 'rand' | 'zipf' | 'unif';

/** Distinct values of prefixes that come without one. */
const NEXT_HOPS = 1000;
/** Addresses that the Zipf trace draws from. */
const POPULATION = 1 << 20;

/** The prefixes of a list, an MRT dump or pfx2as, each once; what has no value gets one that the seed makes. */
export function readTable(file: string, seed: number): TableRow[] {
  const random = new SeededRandom(seed, 'table values');
  const collector = new TableCollector();
  const bytes = readFileSync(file);
  collector.push(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes);
  const table = collector.finish();
  if (!table.ok) {
    const { line, message } = table.error;
    throw new Error(`${file}${line === undefined ? '' : `, line ${line}`}: ${message}`);
  }
  return table.value.rows.map(({ prefix, value }) => ({
    prefix,
    value: value === 0 ? 1 + (random.u32() % NEXT_HOPS) : value,
  }));
}

/** Keys of a trace: one word each (IPv4) or four, in host order; undefined when the folder has none of this name. */
export function readKeys(folder: string, family: Family, trace: TraceName): Uint32Array | undefined {
  const file = join(folder, `k${family}${trace}.bin`);
  if (!existsSync(file)) return undefined;
  const bytes = Buffer.from(readFileSync(file));
  if (family === 6) bytes.swap32();
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** The same, made here: `rand` a random prefix and random host bits, `zipf` Zipf(1.0) over such, `unif` all bits random. */
export function makeKeys(
  rows: readonly TableRow[],
  family: Family,
  trace: TraceName,
  count: number,
  seed: number,
): Uint32Array {
  const random = new SeededRandom(seed, `keys ${family} ${trace}`);
  const width = family === 4 ? 1 : 4;
  const keys = new Uint32Array(count * width);
  if (trace === 'unif') return keys.map(() => random.u32());
  const host = (into: Uint32Array, at: number): void => {
    const { address, bits } = rows[random.u32() % rows.length]!.prefix;
    for (let w = 0; w < width; w++) {
      const kept = Math.max(0, Math.min(32, bits - 32 * w));
      const free = kept === 32 ? 0 : 0xffff_ffff >>> kept;
      into[at + w] = word(address, w) | (random.u32() & free);
    }
  };
  if (trace === 'rand') {
    for (let i = 0; i < count; i++) host(keys, i * width);
    return keys;
  }
  const population = new Uint32Array(POPULATION * width);
  for (let i = 0; i < POPULATION; i++) host(population, i * width);
  const next = zipf(POPULATION, random);
  for (let i = 0; i < count; i++) {
    const rank = next() * width;
    for (let w = 0; w < width; w++) keys[i * width + w] = population[rank + w]!;
  }
  return keys;
}
