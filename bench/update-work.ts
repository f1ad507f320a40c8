/** What the `update` suite changes, and what a reader may see meanwhile. */
import type { Family, IpPrefix } from '../src/base/ip.ts';
import { word } from '../src/base/ip.ts';
import { SeededRandom } from '../src/base/random.ts';
import type { FibChange } from '../src/engine/fib.ts';

/** Prefixes of which the values of an address may come, at most: those that cover it. */
export const CHAIN = 16;

/** Lists of prefixes that are withdrawn and announced again, `size` in each, none of them twice in a list. */
export function flaps(rows: readonly FibChange[], size: number, count: number, seed: number): FibChange[][] {
  const random = new SeededRandom(seed, `flaps ${size}`);
  return Array.from({ length: count }, () => {
    const chosen = new Map<number, FibChange>();
    while (chosen.size < Math.min(size, rows.length)) {
      const index = random.u32() % rows.length;
      chosen.set(index, rows[index]!);
    }
    return [...chosen.values()];
  });
}

/** Addresses and, for each, the values that it may have while prefixes come and go: CHAIN words, ended by 0. */
export interface Watched {
  readonly keys: Uint32Array;
  readonly allowed: Uint32Array;
}

/** The first addresses of `count` prefixes of the table. */
export function watch(family: Family, rows: readonly FibChange[], count: number, seed: number): Watched {
  const random = new SeededRandom(seed, 'watch');
  const values = new Map(rows.map(({ prefix, value }) => [nameOf(prefix, prefix.bits), value]));
  const lengths = [...new Set(rows.map(({ prefix }) => prefix.bits))].sort((a, b) => b - a);
  const width = family === 4 ? 1 : 4;
  const keys = new Uint32Array(count * width);
  const allowed = new Uint32Array(count * CHAIN);
  for (let i = 0; i < count; i++) {
    const { prefix } = rows[random.u32() % rows.length]!;
    for (let w = 0; w < width; w++) keys[i * width + w] = word(prefix.address, w);
    const chain = lengths.flatMap((bits) => {
      const value = values.get(nameOf(prefix, bits));
      return value === undefined ? [] : [value];
    });
    if (chain.length >= CHAIN) throw new Error(`${chain.length} prefixes cover one address`);
    allowed.set(chain, i * CHAIN);
  }
  return { keys, allowed };
}

/** The address of a prefix, as a prefix of `bits` bits. */
function nameOf({ address }: IpPrefix, bits: number): string {
  const words = address.family === 4 ? 1 : 4;
  const parts = Array.from({ length: words }, (_, i) => {
    const left = Math.max(0, Math.min(32, bits - 32 * i));
    return left === 0 ? 0 : (word(address, i) >>> (32 - left)) << (32 - left);
  });
  return `${bits} ${parts.join(' ')}`;
}

/** How many of the values an address cannot have. 0, no match, is one that all may have. */
export function impossible(values: Uint32Array, allowed: Uint32Array, first: number): number {
  let count = 0;
  for (const [i, value] of values.entries()) {
    if (value === 0) continue;
    const chain = (first + i) * CHAIN;
    let j = 0;
    while (allowed[chain + j] !== value && allowed[chain + j] !== 0) j++;
    if (allowed[chain + j] !== value) count++;
  }
  return count;
}
