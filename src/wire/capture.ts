/** What pcap and pcapng files hold, whichever of the two it is. */
import type { WireError } from './error.ts';

/** BSD loopback: an address family in the byte order of the capturing host, then IP. */
export const LINK_NULL = 0;
/** Ethernet frames. */
export const LINK_ETHERNET = 1;
/** IP packets without a link header: what labs write. */
export const LINK_RAW = 101;
/** OpenBSD loopback: a big-endian address family, then IP. */
export const LINK_LOOP = 108;
/** Linux cooked capture, version 1. */
export const LINK_LINUX_SLL = 113;
/** IPv4 packets without a link header. */
export const LINK_IPV4 = 228;
/** IPv6 packets without a link header. */
export const LINK_IPV6 = 229;
/** Linux cooked capture, version 2. */
export const LINK_LINUX_SLL2 = 276;

/** One interface of a capture; a pcap file has exactly one. */
export interface CaptureInterface {
  readonly name?: string;
  /** LINKTYPE_ number (tcpdump.org/linktypes.html). */
  readonly linkType: number;
  /** Units per second of the file's time stamps. */
  readonly resolution: number;
}

/** One packet of a capture. */
export interface CapturePacket {
  /** Microseconds since the epoch of the file (1970, or the start of a simulation). 0 where the file has no time. */
  readonly timeMicros: number;
  /** 0..999 nanoseconds on top; absent when 0. */
  readonly nanos?: number;
  readonly interfaceIndex: number;
  /** A view into the file. */
  readonly bytes: Uint8Array;
  /** Bytes on the wire; more than `bytes.length` when the capture was snapped. */
  readonly originalLength: number;
  readonly comment?: string;
}

/** A capture file, read. */
export interface Capture {
  readonly format: 'pcap' | 'pcapng';
  readonly interfaces: readonly CaptureInterface[];
  readonly packets: readonly CapturePacket[];
  /** Why reading stopped before the end of the file; the packets before it are good. */
  readonly error?: WireError;
}

const ETHERNET_BYTES = 14;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const VLAN_TAGS: readonly number[] = [0x8100, 0x88a8, 0x9100];
const VLAN_BYTES = 4;
const SLL_BYTES = 16;
const SLL2_BYTES = 20;
const NULL_BYTES = 4;
/** AF_INET everywhere; AF_INET6 on Linux, NetBSD, FreeBSD, Darwin. */
const NULL_FAMILIES: readonly number[] = [2, 10, 24, 28, 30];
/** DLT_RAW leaked into files under its BSD and OpenBSD numbers. */
const RAW_LINKS: readonly number[] = [LINK_RAW, LINK_IPV4, LINK_IPV6, 12, 14];

/** The IP packet of a frame and its offset in it; undefined for other protocols and unknown link types. */
export function networkLayer(
  linkType: number,
  bytes: Uint8Array,
): { readonly offset: number; readonly bytes: Uint8Array } | undefined {
  const offset = networkOffset(linkType, bytes);
  return offset === undefined ? undefined : { offset, bytes: bytes.subarray(offset) };
}

function networkOffset(linkType: number, bytes: Uint8Array): number | undefined {
  if (RAW_LINKS.includes(linkType)) return 0;
  const u16 = (at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const ifIp = (etherType: number, offset: number): number | undefined =>
    (etherType === ETHERTYPE_IPV4 || etherType === ETHERTYPE_IPV6) && bytes.length >= offset
      ? offset
      : undefined;
  switch (linkType) {
    case LINK_ETHERNET: {
      let at = ETHERNET_BYTES - 2;
      while (VLAN_TAGS.includes(u16(at))) at += VLAN_BYTES;
      return ifIp(u16(at), at + 2);
    }
    case LINK_LINUX_SLL:
      return ifIp(u16(SLL_BYTES - 2), SLL_BYTES);
    case LINK_LINUX_SLL2:
      return ifIp(u16(0), SLL2_BYTES);
    case LINK_NULL:
    case LINK_LOOP: {
      // NULL is in the byte order of the capturing host, LOOP big-endian: a family fits one byte either way.
      const family = Math.max(bytes[0] ?? 0, bytes[3] ?? 0);
      return NULL_FAMILIES.includes(family) && bytes.length >= NULL_BYTES ? NULL_BYTES : undefined;
    }
    default:
      return undefined;
  }
}
