/** Outer headers toward a locator, ready to copy in front of packets. */
import { addressBytes, ipToBytes } from '../base/ip.ts';
import { REWRITE_CHECKSUM, REWRITE_GPE } from '../../assembly/layout.ts';
import { DATA_PORT, encodeLispData, lispDataHeader } from '../wire/lisp-data.ts';
import type { EncapTarget } from './data-plane.ts';
import { hasChecksum, type Marking } from './marking.ts';

/** DP-19: no encapsulated packet is made larger than this, whatever the link takes. */
const MAX_ENCAPSULATED_BYTES = 1500;
const UDP_PROTOCOL = 17;
const UDP_AND_LISP_BYTES = 16;

/** Everything that is the same for all packets: lengths, TTL, TOS, source port and checksums are 0. */
export function outerHeaders(target: EncapTarget, instanceId: number): Uint8Array {
  const { source, destination, marking = {} } = target;
  const isV4 = source.family === 4;
  const ipBytes = isV4 ? 20 : 40;
  const headers = new Uint8Array(ipBytes + UDP_AND_LISP_BYTES);
  const view = new DataView(headers.buffer);
  if (isV4) {
    view.setUint8(0, 0x45);
    view.setUint16(6, 0x4000); // DP-19: DF
    view.setUint8(9, UDP_PROTOCOL);
  } else {
    view.setUint8(0, 0x60);
    view.setUint8(6, UDP_PROTOCOL);
  }
  const addresses = ipBytes - 2 * addressBytes(source.family);
  headers.set(ipToBytes(source), addresses);
  headers.set(ipToBytes(destination), addresses + addressBytes(source.family));
  view.setUint16(ipBytes + 2, DATA_PORT);
  headers.set(lispHeader(marking, instanceId), ipBytes + 8);
  return headers;
}

/** The LISP header of a packet with such marks; its Next Protocol, where it has one, is that of each packet. */
export function lispHeader({ gpe, ...marks }: Marking, instanceId: number): Uint8Array {
  return encodeLispData(
    lispDataHeader({
      ...marks,
      ...(instanceId === 0 ? {} : { instanceId }),
      ...(gpe === true ? { nextProtocol: 0 } : {}),
    }),
  );
}

/** REWRITE_ flags: what has to be done to each packet. */
export function rewriteFlags({ marking = {} }: EncapTarget): number {
  return (hasChecksum(marking) ? REWRITE_CHECKSUM : 0) | (marking.gpe === true ? REWRITE_GPE : 0);
}

/** The largest inner packet behind `headerBytes`: what the link takes, or the path as far as it is known. */
export function innerRoom({ nextHop, pathMtu = Infinity }: EncapTarget, headerBytes: number): number {
  return Math.max(0, Math.min(MAX_ENCAPSULATED_BYTES, nextHop.mtu, pathMtu) - headerBytes);
}

/** What differs between the headers and flags of targets beside addresses and way out. */
export type Marks = Pick<EncapTarget, 'pathMtu' | 'marking'>;

/** Equal for equal marks; empty for none. */
export function markingKey({ pathMtu, marking }: Marks): string {
  if (marking === undefined) return `${pathMtu ?? ''}`;
  const { nonce, echo, versions, locatorStatusBits, gpe } = marking;
  const parts = [pathMtu, nonce, echo, versions?.source, versions?.destination, locatorStatusBits, gpe];
  return [...parts, hasChecksum(marking)].map((part) => part ?? '').join(' ');
}
