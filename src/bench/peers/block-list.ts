/** BlockList of node:net, which tells whether an address is in one of its subnets, by looking at one after another. */
import { BlockList } from 'node:net';
import type { Family } from '../../base/ip.ts';
import { formatIp } from '../../base/ip-text.ts';
import type { TableRow } from '../../tables/collect.ts';
import { TooMuch, type Peer, type TableContender } from '../contender.ts';
import { keyText } from '../gate.ts';

/** With more, the gate alone takes minutes. */
const MOST_PREFIXES = 256;

export const BLOCK_LIST: Peer = {
  kind: 'BlockList',
  families: [4, 6],
  open: (family, rows) => new BlockListPeer(family, rows),
};

class BlockListPeer implements TableContender {
  readonly kind = BLOCK_LIST.kind;
  readonly leafBytes = 4;
  readonly family: Family;
  readonly answers = 'match';
  readonly buildMs: number;
  readonly readerBytes = undefined;
  readonly liveBytes = undefined;
  readonly #list = new BlockList();
  readonly #type: 'ipv4' | 'ipv6';
  #texts: string[] = [];

  constructor(family: Family, rows: readonly TableRow[]) {
    if (rows.length > MOST_PREFIXES)
      throw new TooMuch(
        `looks at one prefix after another: at most ${MOST_PREFIXES} here, not ${rows.length}`,
      );
    this.family = family;
    this.#type = family === 4 ? 'ipv4' : 'ipv6';
    const start = performance.now();
    for (const { prefix } of rows) this.#list.addSubnet(formatIp(prefix.address), prefix.bits, this.#type);
    this.buildMs = performance.now() - start;
  }

  /** It takes addresses as text; making that is no part of what is timed. */
  setKeys(keys: Uint32Array): void {
    const width = this.family === 4 ? 1 : 4;
    this.#texts = Array.from({ length: keys.length / width }, (_, i) => keyText(this.family, keys, i));
  }

  pass(count: number, _batch: number, from: number): number {
    let matches = 0;
    for (let i = from; i < from + count; i++) if (this.#list.check(this.#texts[i]!, this.#type)) matches++;
    return matches;
  }

  values(): Uint32Array {
    return Uint32Array.from(this.#texts, (text) => Number(this.#list.check(text, this.#type)));
  }
}
