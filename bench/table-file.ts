/** Tables and keys of `bench -- lookup --table`: lists of prefixes, key files of bench/native/gen.c, or made here. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Family, IpPrefix } from '../src/base/ip.ts';
import { word } from '../src/base/ip.ts';
import { parsePrefix } from '../src/base/ip-text.ts';
import { SeededRandom } from '../src/base/random.ts';
import { zipf } from './zipf.ts';

export interface TableRow {
  readonly prefix: IpPrefix;
  readonly value: number;
}

export type TraceName = 'rand' | 'zipf' | 'unif';

/** Distinct values of prefixes that come without one. */
const NEXT_HOPS = 1000;
/** Addresses that the Zipf trace draws from. */
const POPULATION = 1 << 20;

/** One prefix a line, and a value after it if there is one; `#` starts a comment. Each prefix counts once. */
export function readTable(file: string, seed: number): TableRow[] {
  const random = new SeededRandom(seed, 'table values');
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const rows = new Map<string, TableRow>();
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const [name, value] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (name === undefined || name === '') continue;
    const parsed = parsePrefix(name);
    if (parsed === undefined) throw new Error(`${file}, line ${i + 1}: ${name} is no prefix`);
    const number = value === undefined ? 1 + (random.u32() % NEXT_HOPS) : Number(value);
    if (!Number.isInteger(number) || number < 1 || number >= 2 ** 31) {
      throw new Error(`${file}, line ${i + 1}: a value is 1 .. 2^31-1, not ${value}`);
    }
    rows.set(name, { prefix: parsed.prefix, value: number });
  }
  return [...rows.values()];
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
