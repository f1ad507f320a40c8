import { sameBytes } from '../base/bytes.ts';
import { formatIp } from '../base/ip-text.ts';
import { NEVER, seconds, type Micros } from '../base/time.ts';
import { encodeIp, type IpPacket } from '../wire/ip-packet.ts';
import { IPV4_HEADER_BYTES } from '../wire/ipv4.ts';
import { IPV6_HEADER_BYTES } from '../wire/ipv6.ts';

/** RFC 791 §3.2 wants at least 15 s, RFC 8200 §4.5 allows 60 s; most systems wait this long. */
const LIFETIME: Micros = seconds(30);
/** Packets being put together at once; the oldest makes room (RFC 9300 §16: T23). */
export const MAX_PACKETS_COUNT = 16;
/** Fragments of one packet: 64 kB in pieces of the least IPv4 MTU. */
const MAX_PIECES_COUNT = 1400;
const MAX_PACKET_BYTES = 0xffff;
const FRAGMENT_HEADER_BYTES = 8;

interface Piece {
  /** In bytes. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

interface Unfinished {
  readonly key: string;
  readonly started: Micros;
  /** In order of their offset, without overlap. */
  pieces: Piece[];
  /** Bytes of the whole payload; known when the last fragment is there. */
  length?: number;
  /** Header fields of the fragment at offset 0, and that fragment as it came. */
  first?: FirstFragment;
  /** Fragments overlapped (RFC 5722) or were too many: nothing of this packet counts any more. */
  isSpoilt: boolean;
}

interface FirstFragment {
  readonly ip: Omit<IpPacket, 'payload'>;
  readonly bytes: Uint8Array;
  readonly interfaceIndex: number;
}

/** Plain data, structured-clone safe. */
export type ReassemblyState = readonly Readonly<Unfinished>[];

/** What became of a fragment. */
export type ReassemblyVerdict =
  /** The packet that it completed, owned by the caller, without options and extension headers. */
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'waiting' }
  /** Counted under `reason` and forgotten. */
  | { readonly kind: 'refused'; readonly reason: string };

/** A packet of which not everything came in time. */
export interface Incomplete {
  readonly from: string;
  /** The fragment at offset 0, when it came: only then is its sender told (RFC 792, RFC 8200 §4.5). */
  readonly first?: Pick<FirstFragment, 'bytes' | 'interfaceIndex'>;
}

/** Puts fragments for a node itself together again (RFC 791 §3.2, RFC 8200 §4.5), within bounds. */
export class Reassembly {
  #unfinished: Unfinished[] = [];

  /** Takes a copy of a fragment for this node; `bytes` are those that `ip` was decoded from. */
  offer(now: Micros, ip: IpPacket, bytes: Uint8Array, interfaceIndex = 0): ReassemblyVerdict {
    const refusal = refusalOf(ip);
    if (refusal !== undefined) return { kind: 'refused', reason: refusal };
    const packet = this.#packetOf(now, ip);
    if (packet.isSpoilt) return { kind: 'refused', reason: 'fragment-of-spoilt' };
    const offset = ip.fragmentOffset * 8;
    if (packet.pieces.some((piece) => piece.offset === offset && sameBytes(piece.bytes, ip.payload))) {
      return { kind: 'waiting' };
    }
    const isFull = packet.pieces.length >= MAX_PIECES_COUNT;
    if (isFull || !fits(packet, ip)) {
      packet.isSpoilt = true;
      packet.pieces = [];
      delete packet.first;
      return { kind: 'refused', reason: isFull ? 'fragments-too-many' : 'fragment-overlap' };
    }
    if (!ip.moreFragments) packet.length = offset + ip.payload.length;
    if (offset === 0) {
      const { payload: _, ...header } = ip;
      packet.first = { ip: header, bytes: bytes.slice(), interfaceIndex };
    }
    const at = packet.pieces.findIndex((piece) => piece.offset > offset);
    packet.pieces.splice(at < 0 ? packet.pieces.length : at, 0, { offset, bytes: ip.payload.slice() });
    return this.#finish(packet);
  }

  /** Removes and returns the packets whose time is over. */
  expire(now: Micros): Incomplete[] {
    const late = this.#unfinished.filter(({ started }) => started + LIFETIME <= now);
    if (late.length === 0) return [];
    this.#unfinished = this.#unfinished.filter((packet) => !late.includes(packet));
    return late.map(({ key, first }) => ({
      from: key.split(' ')[0]!,
      ...(first === undefined ? {} : { first: { bytes: first.bytes, interfaceIndex: first.interfaceIndex } }),
    }));
  }

  nextDeadline(): Micros {
    const oldest = this.#unfinished[0];
    return oldest === undefined ? NEVER : oldest.started + LIFETIME;
  }

  save(): ReassemblyState {
    return structuredClone(this.#unfinished);
  }

  restore(state: ReassemblyState): void {
    this.#unfinished = structuredClone([...state]);
  }

  #packetOf(now: Micros, ip: IpPacket): Unfinished {
    const key = keyOf(ip);
    const held = this.#unfinished.find((packet) => packet.key === key);
    if (held !== undefined) return held;
    if (this.#unfinished.length >= MAX_PACKETS_COUNT) this.#unfinished.shift();
    const packet: Unfinished = { key, started: now, pieces: [], isSpoilt: false };
    this.#unfinished.push(packet);
    return packet;
  }

  #finish(packet: Unfinished): ReassemblyVerdict {
    const { first, length, pieces } = packet;
    const have = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (first === undefined || have !== length) return { kind: 'waiting' };
    this.#unfinished = this.#unfinished.filter((each) => each !== packet);
    const payload = new Uint8Array(length);
    for (const { offset, bytes } of pieces) payload.set(bytes, offset);
    return { kind: 'whole', bytes: encodeIp(first.ip, payload) };
  }
}

/** Packets are told apart by addresses and identification; in IPv4 by their protocol as well. */
function keyOf({ source, destination, identification, family, protocol }: IpPacket): string {
  return [formatIp(source), formatIp(destination), identification, family === 4 ? protocol : '-'].join(' ');
}

/** Why a fragment cannot be part of any packet. */
function refusalOf({
  family,
  headerBytes,
  payload,
  fragmentOffset,
  moreFragments,
}: IpPacket): string | undefined {
  // The place of a fragment is counted from its fragment header: headers behind that one would shift it.
  if (family === 6 && headerBytes !== IPV6_HEADER_BYTES + FRAGMENT_HEADER_BYTES)
    return 'fragment-extension-headers';
  const room = MAX_PACKET_BYTES - (family === 4 ? IPV4_HEADER_BYTES : 0);
  if (fragmentOffset * 8 + payload.length > room) return 'fragment-too-long';
  if (payload.length === 0 || (moreFragments && payload.length % 8 !== 0)) return 'fragment-malformed';
  return undefined;
}

/** Whether a fragment overlaps none that is there, and agrees with them about the end of the packet. */
function fits({ pieces, length }: Unfinished, ip: IpPacket): boolean {
  const start = ip.fragmentOffset * 8;
  const end = start + ip.payload.length;
  if (length !== undefined && (end > length || !ip.moreFragments)) return false;
  if (!ip.moreFragments && pieces.some(({ offset }) => offset >= end)) return false;
  return pieces.every(({ offset, bytes }) => end <= offset || offset + bytes.length <= start);
}
