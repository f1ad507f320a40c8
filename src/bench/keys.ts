/** Keys to look up: made here by what a pattern of traffic is like, or from key files. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { word, type Family } from '../base/ip.ts';
import { SeededRandom, type Random } from '../base/random.ts';
import type { TableRow } from '../tables/collect.ts';
import { missKeys } from './miss-keys.ts';
import { zipf } from './zipf.ts';

/** Patterns that are made: docs/lpm.md, "Measuring", says what each is. */
export const PATTERNS = ['rand', 'miss', 'zipf', 'unif', 'seq', 'repeat', 'scan'] as const;
export type Pattern = (typeof PATTERNS)[number];

/** Addresses that the Zipf trace draws from. */
const POPULATION = 1 << 20;
/** How often `repeat` has each address in a row, as in the Poptrie paper. */
const REPEATS = 16;

export function keyFileName(family: Family, trace: string): string {
  return `k${family}${trace}.bin`;
}

/** Keys of a file of bench/native/gen.c: one word each or four, in host order; undefined when the folder has none. */
export function readKeys(folder: string, family: Family, trace: string): Uint32Array | undefined {
  const file = join(folder, keyFileName(family, trace));
  if (!existsSync(file)) return undefined;
  const bytes = Buffer.from(readFileSync(file));
  if (family === 6) bytes.swap32();
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** What a trace is called in results. */
export function traceName(trace: string): string {
  return basename(trace);
}

/** Keys of a pattern over a table; none of `miss` where a prefix covers every address that was tried. */
export function makeKeys(
  rows: readonly TableRow[],
  family: Family,
  pattern: Pattern,
  count: number,
  seed: number,
): Uint32Array {
  const random = new SeededRandom(seed, `keys ${family} ${pattern}`);
  const width = family === 4 ? 1 : 4;
  const keys = new Uint32Array(count * width);
  switch (pattern) {
    case 'unif':
      return keys.map(() => random.u32());
    case 'rand':
      for (let i = 0; i < count; i++) inside(anyRow(rows, random), random, keys, i * width, width);
      return keys;
    case 'miss':
      return missKeys(rows, family, count, random, (row, into, at) => inside(row, random, into, at, width));
    case 'repeat':
      for (let i = 0; i < count; i++) {
        if (i % REPEATS === 0) inside(anyRow(rows, random), random, keys, i * width, width);
        else keys.copyWithin(i * width, (i - 1) * width, i * width);
      }
      return keys;
    case 'scan':
      for (let i = 0; i < count; i++) inside(rows[i % rows.length]!, random, keys, i * width, width);
      return keys;
    case 'seq':
      inside(anyRow(rows, random), random, keys, 0, width);
      for (let i = 1; i < count; i++) next(keys, i * width, width);
      return keys;
    case 'zipf':
      return zipfKeys(rows, random, keys, width);
  }
}

function zipfKeys(rows: readonly TableRow[], random: Random, keys: Uint32Array, width: number): Uint32Array {
  const population = new Uint32Array(POPULATION * width);
  for (let i = 0; i < POPULATION; i++) inside(anyRow(rows, random), random, population, i * width, width);
  const draw = zipf(POPULATION, random);
  for (let at = 0; at < keys.length; at += width) {
    const rank = draw() * width;
    for (let w = 0; w < width; w++) keys[at + w] = population[rank + w]!;
  }
  return keys;
}

function anyRow(rows: readonly TableRow[], random: Random): TableRow {
  return rows[random.u32() % rows.length]!;
}

/** An address of the prefix, its host bits random. */
function inside({ prefix }: TableRow, random: Random, into: Uint32Array, at: number, width: number): void {
  const { address, bits } = prefix;
  for (let w = 0; w < width; w++) {
    const kept = Math.max(0, Math.min(32, bits - 32 * w));
    const free = kept === 32 ? 0 : 0xffff_ffff >>> kept;
    into[at + w] = word(address, w) | (random.u32() & free);
  }
}

/** The address behind the one before it. */
function next(keys: Uint32Array, at: number, width: number): void {
  keys.copyWithin(at, at - width, at);
  for (let w = width - 1; w >= 0; w--) {
    keys[at + w]!++;
    if (keys[at + w] !== 0) return;
  }
}
