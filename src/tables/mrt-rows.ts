/** Prefixes of an MRT dump, each with the first of its paths, or with that of one neighbour. */
import type { IpAddress } from '../base/ip.ts';
import { sameIp } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { originAs } from '../wire/bgp-attributes.ts';
import { formatWireError, type WireError } from '../wire/error.ts';
import { MrtReader } from '../wire/mrt.ts';
import { attributesOf, type MrtRoute } from '../wire/mrt-rib.ts';
import { count, type TableFault, type TableReader, type TakeRow } from './source-row.ts';

export interface MrtRowsOptions {
  /** The neighbour whose paths count. */
  readonly peer?: IpAddress;
  /** Count records that are not right and go on behind them. */
  readonly keepGoing?: boolean;
}

/** What stands for a next hop that a path does not have. */
const NONE = 'none';
/** In a message, at most. */
const NAMED_PEERS = 12;

/** Reads a dump. */
export class MrtRows implements TableReader {
  readonly format = 'mrt';
  readonly #reader = new MrtReader();
  readonly #options: MrtRowsOptions;
  readonly #skipped = new Map<string, number>();
  /** Prefixes without a path that counts. */
  #pathless = 0;
  /** Paths of all prefixes. */
  paths = 0;

  constructor(options: MrtRowsOptions = {}) {
    this.#options = options;
  }

  get records(): number {
    return this.#reader.records;
  }

  get skipped(): ReadonlyMap<string, number> {
    const all = new Map(this.#reader.skipped);
    for (const [reason, times] of this.#skipped) count(all, reason, times);
    const { peer } = this.#options;
    if (this.#pathless > 0) count(all, peer === undefined ? 'no path' : this.#noPathOf(peer), this.#pathless);
    return all;
  }

  push(chunk: Uint8Array, take: TakeRow): TableFault | undefined {
    for (const route of this.#reader.push(chunk)) {
      const error = route.ok ? this.#take(route.value, take) : route.error;
      if (error === undefined) continue;
      if (this.#options.keepGoing !== true) return faultOf(error);
      count(this.#skipped, `${error.code} (${error.field})`);
    }
    return undefined;
  }

  finish(): TableFault | undefined {
    const end = this.#reader.finish();
    if (end.ok) return undefined;
    if (this.#options.keepGoing !== true) return faultOf(end.error);
    count(this.#skipped, `${end.error.code} (${end.error.field})`);
    return undefined;
  }

  #noPathOf(peer: IpAddress): string {
    const all = this.#reader.peers.map(({ address }) => formatIp(address));
    const known = all.length > NAMED_PEERS ? [...all.slice(0, NAMED_PEERS), '...'] : all;
    return `no path of ${formatIp(peer)} (neighbours are ${known.join(', ')})`;
  }

  #take({ prefix, paths }: MrtRoute, take: TakeRow): WireError | undefined {
    this.paths += paths.length;
    const { peer } = this.#options;
    const path = peer === undefined ? paths[0] : paths.find((each) => sameIp(each.peer.address, peer));
    if (path === undefined) {
      this.#pathless++;
      return undefined;
    }
    const attributes = attributesOf(path);
    if (!attributes.ok) return attributes.error;
    const { nextHop, asPath = [] } = attributes.value;
    take({
      prefix,
      nextHop: nextHop === undefined ? NONE : formatIp(nextHop),
      // A path without an AS is of a neighbour in the AS itself.
      originAs: originAs(asPath) ?? String(path.peer.as),
    });
    return undefined;
  }
}

function faultOf(error: WireError): TableFault {
  return {
    message: formatWireError(error),
    hint: 'With --keep-going, what is not right is left out and counted.',
  };
}
