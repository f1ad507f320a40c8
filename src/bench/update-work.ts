/** Which prefixes come and go, and what a reader may see meanwhile. */
import type { Family, IpPrefix } from '../base/ip.ts';
import { word } from '../base/ip.ts';
import { SeededRandom } from '../base/random.ts';
import type { FibChange } from '../engine/fib.ts';

/** Prefixes of which the values of an address may come, at most: those that cover it. */
export const CHAIN = 16;

/** Addresses that are looked up meanwhile. */
export const WATCHED = 8192;

/** In place of the end of an address's values: no match is one of them. */
const NONE = 0x8000_0000;

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

/** Addresses and, for each, the values that it may have while prefixes come and go: CHAIN words, ended by 0 or NONE. */
export interface Watched {
  readonly keys: Uint32Array;
  readonly allowed: Uint32Array;
}

/**
 * The first addresses of `count` prefixes, each other one of those that change, while one of `lists` is away at a time.
 * An address may have the value
 * of a prefix that covers it while all longer ones are away, which they are only where one list has them all, and no
 * value while all are away. So the values it may have are those of its prefixes from the longest on, up to the first one
 * that some list with all those before does not have.
 */
export function watch(
  family: Family,
  rows: readonly FibChange[],
  lists: readonly (readonly FibChange[])[],
  count: number,
  seed: number,
): Watched {
  const away = new Map<string, Set<number>>();
  for (const [number, list] of lists.entries()) {
    for (const { prefix } of list) {
      const name = nameOf(prefix, prefix.bits);
      const own = away.get(name) ?? new Set<number>();
      away.set(name, own.add(number));
    }
  }
  const random = new SeededRandom(seed, 'watch');
  const changed = lists.flat();
  const values = new Map(rows.map(({ prefix, value }) => [nameOf(prefix, prefix.bits), value]));
  const lengths = [...new Set(rows.map(({ prefix }) => prefix.bits))].sort((a, b) => b - a);
  const width = family === 4 ? 1 : 4;
  const keys = new Uint32Array(count * width);
  const allowed = new Uint32Array(count * CHAIN);
  for (let i = 0; i < count; i++) {
    const from = changed.length > 0 && i % 2 === 0 ? changed : rows;
    const { prefix } = from[random.u32() % from.length]!;
    for (let w = 0; w < width; w++) keys[i * width + w] = word(prefix.address, w);
    const chain = lengths.map((bits) => nameOf(prefix, bits)).filter((name) => values.has(name));
    const seen = seenOf(chain, away);
    const possible = seen.map((name) => (name === undefined ? NONE : values.get(name)!));
    // The end of the values, when it is not NONE, takes a word as well.
    if (seen.length > CHAIN || (seen.length === CHAIN && possible.at(-1) !== NONE))
      throw new Error(`${seen.length} prefixes cover one address`);
    allowed.set(possible, i * CHAIN);
  }
  return { keys, allowed };
}

/** Which of the prefixes of an address, the longest first, a lookup can find; undefined: none of them. */
function seenOf(
  chain: readonly string[],
  away: ReadonlyMap<string, ReadonlySet<number>>,
): (string | undefined)[] {
  const seen: (string | undefined)[] = [];
  /** Lists that have all prefixes so far. */
  let lists: ReadonlySet<number> | undefined;
  for (const name of chain) {
    seen.push(name);
    const own: ReadonlySet<number> = away.get(name) ?? new Set<number>();
    lists = lists === undefined ? own : new Set([...lists].filter((list) => own.has(list)));
    if (lists.size === 0) return seen;
  }
  return [...seen, undefined];
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

/** How many of the values, of the addresses from number `first` on, these addresses cannot have. 0 is no match. */
export function impossible(values: Uint32Array, allowed: Uint32Array, first: number): number {
  let count = 0;
  for (const [i, value] of values.entries()) {
    const wanted = value === 0 ? NONE : value;
    const chain = (first + i) * CHAIN;
    let j = 0;
    while (j < CHAIN && allowed[chain + j] !== wanted && allowed[chain + j] !== 0) j++;
    if (j === CHAIN || allowed[chain + j] !== wanted || value === NONE) count++;
  }
  return count;
}
