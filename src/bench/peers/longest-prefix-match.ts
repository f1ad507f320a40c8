/**
 * The package `longest-prefix-match` of npm: maps by the first bits of a prefix, lists of bits in them, addresses as
 * text. It is no dependency of this package: whoever has it beside gets it measured.
 */
import type LongestPrefixMatch from 'longest-prefix-match';
import type { Family } from '../../base/ip.ts';
import { formatPrefix } from '../../base/ip-text.ts';
import type { TableRow } from '../../tables/collect.ts';
import { TooMuch, type Peer, type TableContender } from '../contender.ts';
import { keyText } from '../gate.ts';

const KIND = 'longest-prefix-match';

type Table = typeof LongestPrefixMatch;

export async function loadLongestPrefixMatch(): Promise<Peer> {
  return longestPrefixMatch(await load());
}

/** As a contender: without the package one that says how to get it. */
export function longestPrefixMatch(found: Table | undefined): Peer {
  return {
    kind: KIND,
    families: [4, 6],
    open: (family, rows) => {
      if (found === undefined) throw new TooMuch(`is not installed: npm install ${KIND} gets it`);
      return new LongestPrefixMatchPeer(found, family, rows);
    },
  };
}

async function load(): Promise<Table | undefined> {
  try {
    const { default: found } = await import('longest-prefix-match');
    return found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

class LongestPrefixMatchPeer implements TableContender {
  readonly kind = KIND;
  readonly leafBytes = 4;
  readonly family: Family;
  readonly answers = 'values';
  readonly buildMs: number;
  readonly readerBytes = undefined;
  readonly liveBytes = undefined;
  readonly #table: InstanceType<Table>;
  #texts: string[] = [];

  constructor(found: Table, family: Family, rows: readonly TableRow[]) {
    this.family = family;
    const start = performance.now();
    this.#table = new found();
    for (const { prefix, value } of rows) this.#table.addPrefix(formatPrefix(prefix), value);
    this.buildMs = performance.now() - start;
  }

  /** It takes prefixes as text; making that is no part of what is timed. */
  setKeys(keys: Uint32Array): void {
    const [width, bits] = this.family === 4 ? [1, 32] : [4, 128];
    this.#texts = Array.from(
      { length: keys.length / width },
      (_, i) => `${keyText(this.family, keys, i)}/${bits}`,
    );
  }

  pass(count: number, _batch: number, from: number): number {
    let sum = 0;
    for (let i = from; i < from + count; i++) sum += this.#valueOf(this.#texts[i]!);
    return sum;
  }

  values(): Uint32Array {
    return Uint32Array.from(this.#texts, (text) => this.#valueOf(text));
  }

  #valueOf(text: string): number {
    return this.#table.getMatch(text)[0] ?? 0;
  }
}
