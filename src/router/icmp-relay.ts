/**
 * ICMP errors from inside a tunnel, told again to who sent the packet in it: so traceroute sees the core, and senders
 * hear of lost and oversized packets (RFC 9300 §7, RFC 6830 §9).
 */
import { Reader } from '../base/bytes.ts';
import type { Family, IpAddress } from '../base/ip.ts';
import { MTU_FLOOR } from '../roles/path-mtu.ts';
import { decoded } from '../wire/error.ts';
import {
  FRAGMENTATION_NEEDED,
  UNREACHABLE6_PROHIBITED,
  UNREACHABLE_PROHIBITED,
  type IcmpMessage,
} from '../wire/icmp.ts';
import { readIp, type IpPacket } from '../wire/ip-packet.ts';
import { PROTOCOL_UDP } from '../wire/ipv4.ts';
import { DATA_PORT, instanceOf, LISP_HEADER_BYTES, readLispData } from '../wire/lisp-data.ts';
import { UDP_HEADER_BYTES } from '../wire/udp.ts';
import type { ErrorCause } from './icmp-errors.ts';

/** Bytes that the ITR put around the inner packet (RFC 9300 §7.1). */
const OVERHEAD: Readonly<Record<Family, number>> = { 4: 36, 6: 56 };
/** What an error quotes at least behind an IP header (RFC 792): without it nobody knows what it is about. */
const LEAST_QUOTE_BYTES = 8;

/** A LISP packet that an ICMP error quotes, as far as it goes. */
export interface QuotedLisp {
  readonly outer: IpPacket;
  /** Absent when too little is quoted to tell the inner sender anything. */
  readonly inner?: { readonly ip: IpPacket; readonly bytes: Uint8Array; readonly instanceId: number };
}

/** The LISP data packet that an error quotes; undefined when it is about something else. */
export function quotedLisp(message: IcmpMessage): QuotedLisp | undefined {
  if (!('quote' in message)) return undefined;
  const outer = decoded(() => readIp(new Reader(message.quote), true));
  if (!outer.ok || outer.value.protocol !== PROTOCOL_UDP || outer.value.fragmentOffset > 0) return undefined;
  const { payload } = outer.value;
  if (payload.length < UDP_HEADER_BYTES || ((payload[2]! << 8) | payload[3]!) !== DATA_PORT) return undefined;
  const inner = decoded(() => {
    const reader = new Reader(payload.subarray(UDP_HEADER_BYTES));
    const instanceId = instanceOf(readLispData(reader)) ?? 0;
    const bytes = payload.subarray(UDP_HEADER_BYTES + LISP_HEADER_BYTES);
    return { ip: readIp(new Reader(bytes), true), bytes, instanceId };
  });
  const isEnough = inner.ok && inner.value.ip.payload.length >= LEAST_QUOTE_BYTES;
  return { outer: outer.value, ...(isEnough ? { inner: inner.value } : {}) };
}

/** What the inner sender is told: the same in its own family. `mtu` is for 'too-big'. */
export function relayedCause(
  message: IcmpMessage,
  outer: Family,
  inner: Family,
): { readonly cause: ErrorCause; readonly mtu: number } | undefined {
  const tooBig = (mtu: number): { cause: ErrorCause; mtu: number } => ({
    cause: 'too-big',
    mtu: Math.max(MTU_FLOOR[inner], mtu - OVERHEAD[outer]),
  });
  switch (message.type) {
    case 'time-exceeded':
      return { cause: message.code === 0 ? 'ttl-expired' : 'reassembly-timeout', mtu: 0 };
    case 'packet-too-big':
      return tooBig(message.mtu);
    case 'unreachable': {
      if (outer === 4 && message.code === FRAGMENTATION_NEEDED) return tooBig(message.mtu);
      const prohibited = outer === 4 ? UNREACHABLE_PROHIBITED : UNREACHABLE6_PROHIBITED;
      // The rest, a closed port at the far RLOC included, comes to this: the inner destination is not reached.
      return { cause: message.code === prohibited ? 'prohibited' : 'no-route', mtu: 0 };
    }
    default:
      return undefined;
  }
}

/** Who speaks: the router that complained, unless the inner packet is of the other family. */
export function relaySource(
  from: IpAddress,
  family: Family,
  own: IpAddress | undefined,
): IpAddress | undefined {
  return from.family === family ? from : own;
}
