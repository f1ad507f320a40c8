import { concatBytes } from '../base/bytes.ts';
import { updateChecksum } from '../base/checksum.ts';
import { fragmentIpv4 } from '../wire/fragment.ts';
import {
  IPV4_CHECKSUM_OFFSET,
  IPV4_DONT_FRAGMENT,
  IPV4_FRAGMENT_OFFSET,
  IPV4_IDENTIFICATION_OFFSET,
} from '../wire/ipv4.ts';
import { decodeIpv6, encodeFragmentHeader, encodeIpv6, IPV6_HEADER_BYTES } from '../wire/ipv6.ts';

/** Up to here every network is expected to carry a packet whole (RFC 791 §3.1: 576 bytes reach every host). */
const SMALL_BYTES = 576;
const FRAGMENT_HEADER_BYTES = 8;
/** Next header number of a fragment header (RFC 8200 §4.5). */
const FRAGMENT = 44;

/**
 * Splits packets that are too long for the way out, and numbers the node's own, so that fragments of different ones
 * are told apart (RFC 6864 §4.3). Own packets that nobody will have to split keep the identification 0.
 */
export class Fragmenter {
  #next = 1;

  /** Gives an IPv4 packet of this node an identification, in place, when it may come to be split on its way. */
  stamp(packet: Uint8Array): void {
    if (packet.length > SMALL_BYTES) this.#identify(packet);
  }

  /**
   * The packet in pieces of at most `mtu` bytes; empty when it may not be split. Only the source splits IPv6, and
   * own packets have no extension headers (RFC 8200 §4.5).
   */
  split(packet: Uint8Array, mtu: number, isOwn: boolean): Uint8Array[] {
    if (packet[0]! >>> 4 === 4) {
      if ((u16(packet, IPV4_FRAGMENT_OFFSET) & IPV4_DONT_FRAGMENT) !== 0) return [];
      if (isOwn) this.#identify(packet);
      return fragmentIpv4(packet, mtu);
    }
    return isOwn ? this.#split6(packet, mtu) : [];
  }

  save(): number {
    return this.#next;
  }

  restore(state: number): void {
    this.#next = state;
  }

  #split6(packet: Uint8Array, mtu: number): Uint8Array[] {
    const read = decodeIpv6(packet);
    const room = (mtu - IPV6_HEADER_BYTES - FRAGMENT_HEADER_BYTES) & ~7;
    if (!read.ok || read.value.header.nextHeader === FRAGMENT || room < 8) return [];
    const { header, payload } = read.value;
    const identification = this.#take();
    const fragments: Uint8Array[] = [];
    for (let at = 0; at < payload.length; at += room) {
      const place = { offset: at / 8, more: at + room < payload.length, identification };
      const fragmentHeader = encodeFragmentHeader(header.nextHeader, place);
      const piece = concatBytes(fragmentHeader, payload.subarray(at, at + room));
      fragments.push(encodeIpv6({ ...header, nextHeader: FRAGMENT }, piece));
    }
    return fragments;
  }

  #identify(packet: Uint8Array): void {
    const isV4 = packet[0]! >>> 4 === 4;
    if (!isV4 || (u16(packet, IPV4_FRAGMENT_OFFSET) & IPV4_DONT_FRAGMENT) !== 0) return;
    if (u16(packet, IPV4_IDENTIFICATION_OFFSET) !== 0) return;
    const identification = this.#take();
    putU16(packet, IPV4_IDENTIFICATION_OFFSET, identification);
    putU16(
      packet,
      IPV4_CHECKSUM_OFFSET,
      updateChecksum(u16(packet, IPV4_CHECKSUM_OFFSET), 0, identification),
    );
  }

  /** 1..2^16-1, over and over. */
  #take(): number {
    const taken = this.#next;
    this.#next = (taken % 0xffff) + 1;
    return taken;
  }
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}
