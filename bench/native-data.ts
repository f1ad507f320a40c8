/** Tables and traces that native contenders and the engine share: the files of bench/native/gen.c. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ipv4, ipv6, prefix, type Family, type IpPrefix } from '../src/base/ip.ts';
import { formatPrefix } from '../src/base/ip-text.ts';
import type { TableRow } from '../src/tables/collect.ts';

export interface DataOptions {
  readonly seed: number;
  readonly nextHops: number;
  /** Keys of a trace; default 16 Mi (IPv4) and 8 Mi (IPv6). */
  readonly keys4?: number;
  readonly keys6?: number;
}

export const TRACES: Readonly<Record<Family, readonly string[]>> = {
  4: ['rand', 'zipf', 'unif'],
  6: ['rand', 'zipf'],
};

/** u32 words of a record of routes4.bin and routes6.bin: prefix, bits, next hop. */
const ROUTE_WORDS = { 4: 3, 6: 6 } as const;

/**
 * Writes the files of a list of prefixes to `folder`, unless they are there. The list has prefixes of both families: gen
 * makes no keys of one that it has not, and the contenders walk both.
 */
export function generate(gen: string, prefixes: string, folder: string, options: DataOptions): void {
  if (existsSync(folder)) return;
  const { seed, nextHops, keys4 = 1 << 24, keys6 = 1 << 23 } = options;
  // Under another name until it is whole.
  const draft = `${folder}.draft-${process.pid}`;
  mkdirSync(draft, { recursive: true });
  const numbers = ['--seed', seed, '--next-hops', nextHops, '--keys4', keys4, '--keys6', keys6];
  const done = spawnSync(gen, [prefixes, draft, ...numbers.map(String)], { encoding: 'utf8' });
  const isWhole = done.status === 0 && ([4, 6] as const).every((family) => hasRoutes(draft, family));
  if (isWhole) {
    renameSync(draft, folder);
    return;
  }
  rmSync(draft, { recursive: true, force: true });
  if (done.status === 0) throw new Error(`${prefixes}: prefixes of both families are needed`);
  throw new Error(`gen failed: ${done.stderr}${done.error?.message ?? ''}`);
}

function hasRoutes(folder: string, family: Family): boolean {
  return statSync(join(folder, `routes${family}.bin`)).size > 0;
}

/** The loaded table, in its order. */
export function* readRoutes(folder: string, family: Family): Generator<[IpPrefix, number]> {
  const bytes = readFileSync(join(folder, `routes${family}.bin`));
  const width = ROUTE_WORDS[family] * 4;
  for (let at = 0; at < bytes.length; at += width) {
    const bits = bytes.readUInt32LE(at + width - 8);
    const value = bytes.readUInt32LE(at + width - 4);
    const part = (i: number): number => bytes.readUInt32BE(at + 4 * i);
    const address = family === 4 ? ipv4(bytes.readUInt32LE(at)) : ipv6(part(0), part(1), part(2), part(3));
    yield [prefix(address, bits), value];
  }
}

/** The same, each prefix once: of one that the list of prefixes had twice, the last value counts. */
export function readTableRows(folder: string, family: Family): TableRow[] {
  const rows = new Map<string, TableRow>();
  for (const [each, value] of readRoutes(folder, family))
    rows.set(formatPrefix(each), { prefix: each, value });
  return [...rows.values()];
}

/** Keys of a trace. */
export function traceLength(folder: string, family: Family, trace: string): number {
  return statSync(join(folder, `k${family}${trace}.bin`)).size / (family === 4 ? 4 : 16);
}

/** The first `count` keys of a trace, 0 for all: one word each, or four, in host order. */
export function readTrace(folder: string, family: Family, trace: string, count: number): Uint32Array {
  const bytes = readFileSync(join(folder, `k${family}${trace}.bin`));
  if (family === 6) bytes.swap32();
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return count === 0 ? words : words.subarray(0, count * (family === 4 ? 1 : 4));
}
