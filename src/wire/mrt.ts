/**
 * Dumps of routing tables in the MRT format (RFC 6396), read as their bytes come: pieces may end anywhere, and no more
 * than one record is held. mrt-rib.ts reads what the records say.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                         Timestamp (4)                         |
 * +-------------------------------+-------------------------------+
 * |            Type (2)           |          Subtype (2)          |
 * +-------------------------------+-------------------------------+
 * |                           Length (4)                          |
 * +---------------------------------------------------------------+
 * |                     Message, Length bytes                     |
 */
import { Reader } from '../base/bytes.ts';
import { err, ok } from '../base/result.ts';
import { decoded, type Decoded } from './error.ts';
import { readPeers, readRib, readTableDump, type MrtPeer, type MrtRoute } from './mrt-rib.ts';

export const MRT_HEADER_BYTES = 12;
/** A length above this is none: the largest records of public collectors have some hundred kilobytes. */
export const MRT_MAX_RECORD_BYTES = 16 * 1024 * 1024;

export const TABLE_DUMP = 12;
export const TABLE_DUMP_V2 = 13;

export const PEER_INDEX_TABLE = 1;
export const RIB_IPV4_UNICAST = 2;
export const RIB_IPV6_UNICAST = 4;
export const RIB_GENERIC = 6;
export const RIB_IPV4_UNICAST_ADDPATH = 8;
export const RIB_IPV6_UNICAST_ADDPATH = 10;
export const RIB_GENERIC_ADDPATH = 12;

const SAFI_UNICAST = 1;

/** RFC 6396 §4; 13's and 16's kinds have names of their own. */
const TYPE_NAMES: Readonly<Record<number, string>> = {
  11: 'OSPFv2',
  12: 'TABLE_DUMP',
  13: 'TABLE_DUMP_V2',
  16: 'BGP4MP',
  17: 'BGP4MP_ET',
  32: 'ISIS',
  33: 'ISIS_ET',
  48: 'OSPFv3',
  49: 'OSPFv3_ET',
};

const TABLE_DUMP_V2_NAMES: Readonly<Record<number, string>> = {
  1: 'PEER_INDEX_TABLE',
  2: 'RIB_IPV4_UNICAST',
  3: 'RIB_IPV4_MULTICAST',
  4: 'RIB_IPV6_UNICAST',
  5: 'RIB_IPV6_MULTICAST',
  6: 'RIB_GENERIC',
  7: 'GEO_PEER_TABLE',
  8: 'RIB_IPV4_UNICAST_ADDPATH',
  9: 'RIB_IPV4_MULTICAST_ADDPATH',
  10: 'RIB_IPV6_UNICAST_ADDPATH',
  11: 'RIB_IPV6_MULTICAST_ADDPATH',
  12: 'RIB_GENERIC_ADDPATH',
};

/** `RIB_IPV4_MULTICAST`, `BGP4MP subtype 4`, `type 99 subtype 0`. */
export function mrtName(type: number, subtype: number): string {
  const name = type === TABLE_DUMP_V2 ? TABLE_DUMP_V2_NAMES[subtype] : undefined;
  return name ?? `${TYPE_NAMES[type] ?? `type ${type}`} subtype ${subtype}`;
}

/** True when the bytes begin as a record does: a type and a length that there are. Needs the first 12. */
export function isMrt(bytes: Uint8Array): boolean {
  const header = decoded(() => readHeader(new Reader(bytes)));
  return header.ok && TYPE_NAMES[header.value.type] !== undefined && header.value.subtype < 256;
}

interface Header {
  readonly type: number;
  readonly subtype: number;
  readonly length: number;
}

function readHeader(r: Reader): Header {
  r.u32('mrt.timestamp');
  const type = r.u16('mrt.type');
  const subtype = r.u16('mrt.subtype');
  const at = r.offset;
  const length = r.u32('mrt.length');
  if (length > MRT_MAX_RECORD_BYTES) r.fail('bad-length', 'mrt.length', at);
  return { type, subtype, length };
}

/** A dump that comes in pieces. */
export class MrtReader {
  #peers: readonly MrtPeer[] = [];
  #records = 0;
  readonly #skipped = new Map<string, number>();
  /** What has come of a record that is not whole: its header first, then all of it. */
  #part = new Uint8Array(MRT_HEADER_BYTES);
  #filled = 0;
  /** Of the record that comes next, or of which a part is here. */
  #offset = 0;
  #isLost = false;

  /** Whole records so far. */
  get records(): number {
    return this.#records;
  }

  /** Records of kinds that have no routes for us, by name. */
  get skipped(): ReadonlyMap<string, number> {
    return this.#skipped;
  }

  /** The neighbours that the dump has named last. */
  get peers(): readonly MrtPeer[] {
    return this.#peers;
  }

  /**
   * The routes of the records that these bytes complete. A record that is not right gives an error with its offset in
   * the file, and the next one is read; after a length that cannot be, nothing is. Routes are views of the bytes, which
   * must not change as long as they are used. To be iterated to its end.
   */
  *push(chunk: Uint8Array): Iterable<Decoded<MrtRoute>> {
    let at = 0;
    while (at < chunk.length && !this.#isLost) {
      const whole = this.#filled === 0 ? recordAt(chunk, at) : undefined;
      if (whole !== undefined) {
        at += whole.length;
        yield* this.#record(whole);
        continue;
      }
      const taken = Math.min(chunk.length - at, this.#part.length - this.#filled);
      this.#part.set(chunk.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled < this.#part.length) return;
      if (this.#filled === MRT_HEADER_BYTES) {
        const header = decoded(() => readHeader(new Reader(this.#part, this.#offset)));
        if (!header.ok) {
          this.#isLost = true;
          yield header;
          return;
        }
        const { length } = header.value;
        if (length > 0) {
          const larger = new Uint8Array(MRT_HEADER_BYTES + length);
          larger.set(this.#part);
          this.#part = larger;
          continue;
        }
      }
      const record = this.#part;
      this.#part = new Uint8Array(MRT_HEADER_BYTES);
      this.#filled = 0;
      yield* this.#record(record);
    }
  }

  /** To be called behind the last bytes: an error when a record is not whole. */
  finish(): Decoded<undefined> {
    if (this.#filled === 0 || this.#isLost) return ok(undefined);
    const field = this.#filled < MRT_HEADER_BYTES ? 'mrt.header' : 'mrt.record';
    return err({ code: 'truncated', offset: this.#offset + this.#filled, field });
  }

  *#record(record: Uint8Array): Iterable<Decoded<MrtRoute>> {
    const offset = this.#offset;
    this.#offset += record.length;
    this.#records++;
    const route = decoded(() => this.#read(new Reader(record, offset), offset));
    if (!route.ok) yield route;
    else if (route.value !== undefined) yield ok(route.value);
  }

  #read(r: Reader, offset: number): MrtRoute | undefined {
    const { type, subtype } = readHeader(r);
    if (type === TABLE_DUMP && (subtype === 1 || subtype === 2)) {
      return { offset, ...readTableDump(r, subtype === 1 ? 4 : 6) };
    }
    if (type === TABLE_DUMP_V2) {
      switch (subtype) {
        case PEER_INDEX_TABLE:
          this.#peers = readPeers(r);
          return undefined;
        case RIB_IPV4_UNICAST:
        case RIB_IPV6_UNICAST:
        case RIB_IPV4_UNICAST_ADDPATH:
        case RIB_IPV6_UNICAST_ADDPATH: {
          r.u32('mrt.sequence');
          const isV4 = subtype === RIB_IPV4_UNICAST || subtype === RIB_IPV4_UNICAST_ADDPATH;
          return { offset, ...readRib(r, isV4 ? 4 : 6, subtype >= RIB_IPV4_UNICAST_ADDPATH, this.#peers) };
        }
        case RIB_GENERIC:
        case RIB_GENERIC_ADDPATH: {
          r.u32('mrt.sequence');
          const afi = r.u16('mrt.afi');
          const safi = r.u8('mrt.safi');
          const family = afi === 1 ? 4 : afi === 2 ? 6 : undefined;
          if (family !== undefined && safi === SAFI_UNICAST) {
            return { offset, ...readRib(r, family, subtype === RIB_GENERIC_ADDPATH, this.#peers) };
          }
          this.#skip(`${mrtName(type, subtype)} AFI ${afi} SAFI ${safi}`);
          return undefined;
        }
      }
    }
    this.#skip(mrtName(type, subtype));
    return undefined;
  }

  #skip(name: string): void {
    this.#skipped.set(name, (this.#skipped.get(name) ?? 0) + 1);
  }
}

/** The record that begins at `at` when all of it is there, and its length can be. */
function recordAt(bytes: Uint8Array, at: number): Uint8Array | undefined {
  const header = at + MRT_HEADER_BYTES;
  if (header > bytes.length) return undefined;
  const b = bytes;
  const length = ((b[at + 8]! << 24) | (b[at + 9]! << 16) | (b[at + 10]! << 8) | b[at + 11]!) >>> 0;
  if (length > MRT_MAX_RECORD_BYTES || header + length > bytes.length) return undefined;
  return bytes.subarray(at, header + length);
}
