/**
 * Path attributes of BGP-4 (RFC 4271 §4.3, RFC 6793, RFC 4760), as far as tables of prefixes ask for them: where a
 * route comes from, which ASes it passed, where packets go next.
 *
 * +---------------+---------------+-------------------------------+
 * | Flags (1)     | Type (1)      | Length (1, or 2 with flag 10) |  an attribute, then its value
 * +---------------+---------------+-------------------------------+
 *
 * A value of AS_PATH is a list of segments: type (1), number of ASes (1), the ASes of 2 or 4 bytes each.
 */
import { Reader } from '../base/bytes.ts';
import { ipFromBytes, type IpAddress } from '../base/ip.ts';
import { decoded, type Decoded } from './error.ts';

const FLAG_EXTENDED_LENGTH = 0x10;

const ORIGIN = 1;
const AS_PATH = 2;
const NEXT_HOP = 3;
const MP_REACH_NLRI = 14;
const AS4_PATH = 17;

/** ASes in no order, of aggregated routes (RFC 4271 §4.3); AS_SEQUENCE is 2, confederations have 3 and 4 (RFC 5065). */
export const AS_SET = 1;
export const AS_SEQUENCE = 2;
const AS_CONFED_SEQUENCE = 3;
const AS_CONFED_SET = 4;

/** Part of an AS path. */
export interface AsSegment {
  /** AS_SET, AS_SEQUENCE or anything else, 0..255. */
  readonly type: number;
  readonly ases: readonly number[];
}

/** What is known of a route; absent is what its attributes do not say. */
export interface PathAttributes {
  /** 0 IGP, 1 EGP, 2 incomplete; kept whatever it is. */
  readonly origin?: number;
  /** The nearest AS first; empty for a route of the AS itself. AS4_PATH is merged into it (RFC 6793 §4.2.3). */
  readonly asPath?: readonly AsSegment[];
  /** Of MP_REACH_NLRI, of two IPv6 addresses the global one; else of NEXT_HOP. */
  readonly nextHop?: IpAddress;
}

/** Decodes attributes one behind the other. `asBytes`: how wide an AS of AS_PATH is. */
export function decodePathAttributes(bytes: Uint8Array, asBytes: 2 | 4, base = 0): Decoded<PathAttributes> {
  return decoded(() => readPathAttributes(new Reader(bytes, base), asBytes));
}

/** Reads all that is left. Throws WireFault. */
export function readPathAttributes(r: Reader, asBytes: 2 | 4): PathAttributes {
  let origin: number | undefined;
  let path: AsSegment[] | undefined;
  let path4: AsSegment[] | undefined;
  let nextHop: IpAddress | undefined;
  let mpNextHop: IpAddress | undefined;
  while (r.remaining > 0) {
    const flags = r.u8('bgp.attribute.flags');
    const type = r.u8('bgp.attribute.type');
    const isExtended = (flags & FLAG_EXTENDED_LENGTH) !== 0;
    const length = isExtended ? r.u16('bgp.attribute.length') : r.u8('bgp.attribute.length');
    const value = r.sub(length, 'bgp.attribute');
    switch (type) {
      case ORIGIN:
        origin = value.u8('bgp.origin');
        expectEnd(value, 'bgp.origin');
        break;
      case AS_PATH:
        path = readSegments(value, asBytes);
        break;
      case AS4_PATH:
        path4 = readSegments(value, 4);
        break;
      case NEXT_HOP:
        nextHop = ipFromBytes(value.take(4, 'bgp.next_hop'));
        expectEnd(value, 'bgp.next_hop');
        break;
      case MP_REACH_NLRI:
        mpNextHop = readMpNextHop(value);
        break;
    }
  }
  const asPath = path !== undefined && path4 !== undefined && asBytes === 2 ? merge(path, path4) : path;
  const next = mpNextHop ?? nextHop;
  return {
    ...(origin === undefined ? {} : { origin }),
    ...(asPath === undefined ? {} : { asPath }),
    ...(next === undefined ? {} : { nextHop: next }),
  };
}

function readSegments(r: Reader, asBytes: 2 | 4): AsSegment[] {
  const segments: AsSegment[] = [];
  while (r.remaining > 0) {
    const type = r.u8('bgp.as_path.type');
    const count = r.u8('bgp.as_path.count');
    const ases: number[] = [];
    for (let i = 0; i < count; i++)
      ases.push(asBytes === 2 ? r.u16('bgp.as_path.as') : r.u32('bgp.as_path.as'));
    segments.push({ type, ases });
  }
  return segments;
}

/**
 * The next hop of MP_REACH_NLRI. TABLE_DUMP_V2 has only its length and itself (RFC 6396 §4.3.4), but some write the
 * attribute as BGP has it, AFI and SAFI first: an AFI begins with 0, which is no length of an address.
 */
function readMpNextHop(r: Reader): IpAddress {
  const isWhole = r.remaining > 0 && r.bytes[r.position] === 0;
  if (isWhole) {
    r.u16('bgp.mp_reach.afi');
    r.u8('bgp.mp_reach.safi');
  }
  const at = r.offset;
  const length = r.u8('bgp.mp_reach.next_hop_length');
  if (length !== 4 && length !== 16 && length !== 32)
    r.fail('bad-length', 'bgp.mp_reach.next_hop_length', at);
  const bytes = r.take(length, 'bgp.mp_reach.next_hop');
  if (!isWhole) expectEnd(r, 'bgp.mp_reach');
  return ipFromBytes(bytes.subarray(0, Math.min(16, length)));
}

function expectEnd(r: Reader, field: string): void {
  if (r.remaining > 0) r.fail('bad-length', field);
}

/**
 * What of the path only ASes with 2 bytes know, and the rest with 4 bytes; the path as it is when it is the shorter one
 * (RFC 6793 §4.2.3).
 */
function merge(path: readonly AsSegment[], path4: readonly AsSegment[]): AsSegment[] {
  let ahead = pathLength(path) - pathLength(path4);
  if (ahead < 0) return [...path];
  const head: AsSegment[] = [];
  for (const segment of path) {
    const isConfederation = segment.type === AS_CONFED_SEQUENCE || segment.type === AS_CONFED_SET;
    if (ahead === 0 && !isConfederation) break;
    const taken = segment.type === AS_SEQUENCE ? segment.ases.slice(0, ahead) : segment.ases;
    head.push({ type: segment.type, ases: taken });
    if (!isConfederation) ahead -= segment.type === AS_SEQUENCE ? taken.length : 1;
  }
  const [first, ...rest] = path4;
  const last = head.at(-1);
  if (last?.type !== AS_SEQUENCE || first?.type !== AS_SEQUENCE) return [...head, ...path4];
  return [...head.slice(0, -1), { type: AS_SEQUENCE, ases: [...last.ases, ...first.ases] }, ...rest];
}

/** As routers count it: a set is one step, a confederation none (RFC 4271 §9.1.2.2, RFC 5065 §5.3). */
function pathLength(path: readonly AsSegment[]): number {
  return path.reduce((sum, { type, ases }) => {
    if (type === AS_SEQUENCE) return sum + ases.length;
    return type === AS_SET ? sum + 1 : sum;
  }, 0);
}

/** Where the route comes from: the last AS, or the set at the end as `{64500,64501}`; undefined for an empty path. */
export function originAs(path: readonly AsSegment[]): string | undefined {
  const last = path.findLast(({ ases }) => ases.length > 0);
  if (last === undefined) return undefined;
  const isSet = last.type === AS_SET || last.type === AS_CONFED_SET;
  return isSet ? segmentText(last) : String(last.ases.at(-1));
}

/** `64500 64501 {64502,64503}`; confederations in brackets of their own. */
export function asPathText(path: readonly AsSegment[]): string {
  return path.map(segmentText).join(' ');
}

function segmentText({ type, ases }: AsSegment): string {
  switch (type) {
    case AS_SEQUENCE:
      return ases.join(' ');
    case AS_SET:
      return `{${ases.join(',')}}`;
    case AS_CONFED_SEQUENCE:
      return `(${ases.join(' ')})`;
    case AS_CONFED_SET:
      return `[${ases.join(',')}]`;
    default:
      return `type ${type} <${ases.join(' ')}>`;
  }
}
